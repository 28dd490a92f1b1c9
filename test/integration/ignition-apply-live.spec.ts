/** The real Ignition and ours, applying generated configs to generated trees. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { bakeConfig, realOwnership } from "@slipway/composer";
import * as fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { anyScene, type Scene } from "../support/ignition-scenes.ts";
import { Invalid, readIgnition } from "../support/ignition-json.ts";
import { applyForReal } from "../support/ignition-apply.ts";
import { requireRoot } from "../support/release.ts";
import { seedOfRun } from "../support/drawn-numbers.ts";
import { requireTools } from "../support/require-tools.ts";
import { paintTree, type SeenNode, seeTree } from "../support/tree-picture.ts";

const RUNS = Number(process.env["SLIPWAY_APPLY_RUNS"] ?? 300);

describe("baking and the real Ignition", function () {
  this.timeout("60m");
  requireRoot();
  requireTools("ignition-validate", "bwrap");
  let scratch = "";
  before(() => {
    // In memory where there is such a place: trees are made and removed by the thousand.
    const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
    scratch = mkdtempSync(join(place, "slipway-live-"));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it(`leave the same tree for ${RUNS} configs`, async () => {
    await fc.assert(
      fc.asyncProperty(anyScene, async (scene) => compare(scratch, scene)),
      {
        seed: seedOfRun(),
        numRuns: RUNS,
        endOnFailure: process.env["SLIPWAY_SHRINK"] === undefined,
      },
    );
  });
});

/** Deep enough that no link of a scene leads out of the scratch directory, whoever follows it. */
const DEEP = "1/2/3/4/5/6/7/8/root";

const compare = async (scratch: string, scene: Scene): Promise<void> => {
  const [ours, theirs] = [join(scratch, "ours"), join(scratch, "theirs", DEEP)];
  rmSync(ours, { recursive: true, force: true });
  rmSync(join(scratch, "theirs"), { recursive: true, force: true });
  for (const root of [ours, theirs]) {
    paintTree(root, [{ path: "/", type: "dir", mode: 0o755 }, ...scene.before], realOwnership);
  }
  const applied = applyForReal(scratch, theirs, JSON.stringify(withoutDisabled(scene)));
  const errors = await bake(ours, scene);
  if (errors.some(isOurOwnRule)) return;
  const log = applied.log.match(/^.*(?:CRITICAL|failed).*$/gm)?.join("\n") ?? "";
  assert.equal(errors.length === 0, applied.isDone, `verdict: ${errors.join("; ")}\n${log}`);
  // What is left of a config that cannot be applied is of no use to anybody.
  if (!applied.isDone) return;
  const lines = disabledUnits(scene).filter((name) => disable(theirs, name));
  const [made, expected] = [picture(ours), picture(theirs)];
  comparePresets(
    made,
    expected,
    lines.map((name) => `disable ${name}`),
  );
  assert.deepEqual(Object.fromEntries(made), Object.fromEntries(expected), log);
};

/** What Ignition takes where the tree happens to allow it, and a definition refuses in any tree. */
const isOurOwnRule = (error: string): boolean => /\[(?:path-below-file|hard-link)\]/.test(error);

/** What stands against the config, before or while it is baked. */
const bake = async (root: string, { config }: Scene): Promise<readonly string[]> => {
  try {
    const { findings } = await bakeConfig({
      root,
      definition: {
        config: await readIgnition(JSON.stringify(config)),
        image: { slotSizeMib: 256 },
      },
      ownership: realOwnership,
    });
    return findings.filter(({ level }) => level === "error").map(({ message }) => message);
  } catch (error) {
    if (error instanceof Invalid) return [error.message];
    throw error;
  }
};

/** Up to 2.17 Ignition disables whatever is to be disabled; since then only what is enabled, by this. */
const disable = (root: string, unit: string): boolean => {
  const systemctl = (verb: string): boolean =>
    spawnSync("systemctl", ["--root", root, verb, unit], { stdio: "ignore" }).status === 0;
  return systemctl("is-enabled") && systemctl("disable");
};

const disabledUnits = ({ config }: Scene): readonly string[] =>
  config.systemd.units.filter(({ enabled }) => enabled === false).map(({ name }) => name);

const withoutDisabled = ({ config }: Scene): Scene["config"] => ({
  ...config,
  systemd: {
    units: config.systemd.units.map(({ enabled, ...unit }) =>
      enabled === true ? { ...unit, enabled } : unit,
    ),
  },
});

/** The lines are in no order up to 2.14. `added` are lines that it would have since 2.18. */
const comparePresets = (
  made: Map<string, string>,
  expected: Map<string, string>,
  added: readonly string[],
): void => {
  const [ours = "", theirs = ""] = [made, expected].map((tree) => {
    const at = [...tree.keys()].find(isPreset);
    const text = at === undefined ? "" : (tree.get(at) ?? "");
    if (at !== undefined) tree.delete(at);
    // Directories that were made for the file alone.
    for (let path = at ?? "/"; path !== "/" && !expected.has(path); path = dirname(path)) {
      made.delete(path);
    }
    return text;
  });
  const sorted = (text: string): readonly string[] =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .toSorted();
  const head = theirs === "" && added.length > 0 ? ["presets 644 0:0"] : [];
  assert.deepEqual(sorted(ours), [...sorted(theirs), ...head, ...added].toSorted());
};

/** Wherever links may have led it. */
const isPreset = (path: string): boolean => path.endsWith("/20-ignition.preset");

const picture = (root: string): Map<string, string> =>
  new Map(
    [...seeTree(root, realOwnership)].map(([path, node]) => [path, described(root, path, node)]),
  );

const described = (root: string, path: string, node: SeenNode): string => {
  const owner = `${node.uid}:${node.gid}`;
  if (node.type === "link") return `link ${owner} ${node.target ?? ""}`;
  const mode = (node.mode ?? 0).toString(8);
  if (isPreset(path)) {
    return `presets ${mode} ${owner}\n${readFileSync(join(root, path), "utf8").trim()}`;
  }
  return `${node.type} ${mode} ${owner} ${node.sha256 ?? ""} ${node.links ?? ""}`;
};
