/** What the real Ignition did to real trees, against what baking does to them. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { bakeConfig, realOwnership, recordedOwnership } from "@slipway/composer";
import type { Config } from "@slipway/ignition-config";
import { after, before, describe, it } from "mocha";
import { Invalid, NotRead, readIgnition, type SystemFile } from "../support/ignition-json.ts";
import {
  paintTree,
  type PictureNode,
  type SeenNode,
  seeTree,
  sha256,
} from "../support/tree-picture.ts";

const CORPUS = join(import.meta.dirname, "../../../shared/corpus");

interface RecordedNode extends Omit<PictureNode, "mode"> {
  readonly mode?: number | string;
  readonly uid: number;
  readonly gid: number;
  readonly sha256?: string;
  readonly nlink?: number;
  readonly hardlink_of?: string;
}

/** `["file", mode, contents]`, `["dir", mode]`, `["link", target]` or `["hard", path]`. */
type ProbeNode = readonly [kind: string, second: number | string, contents?: string];

interface Case {
  readonly id: string;
  readonly input: string;
  readonly needs_test_server?: boolean;
  readonly system_dir_files?: readonly SystemFile[];
  readonly env?: readonly string[];
  readonly root_before: readonly RecordedNode[] | Readonly<Record<string, ProbeNode>>;
  readonly oracle: Readonly<
    Record<
      "ignition-2.26.0",
      {
        readonly rc: number;
        readonly tree: readonly RecordedNode[];
        readonly second_run?: { readonly rc: number; readonly same_tree: boolean };
      }
    >
  >;
}

for (const name of ["ignition-apply.jsonl", "ignition-apply-probes.jsonl"]) {
  const file = join(CORPUS, name);
  describe(`baking, against ${name}`, () => {
    if (!existsSync(file)) {
      it(`agrees with Ignition (skipped: ${file} is not on this machine)`);
      return;
    }
    let scratch = "";
    before(() => {
      scratch = mkdtempSync(join(tmpdir(), "slipway-apply-"));
    });
    after(() => {
      rmSync(scratch, { recursive: true, force: true });
    });
    const cases = readFileSync(file, "utf8").trim().split("\n");
    for (const [index, line] of cases.entries()) {
      const one = JSON.parse(line) as Case;
      it(one.id, async function () {
        const config = await read(one).catch((error: unknown) => {
          if (!(error instanceof NotRead)) throw error;
          console.error(`      skipped: ${error.message}`);
          return this.skip();
        });
        await runCase(one, config, join(scratch, String(index)));
      });
    }
  });
}

/** The config as it is baked; undefined for one that is refused. @throws NotRead */
const read = async (one: Case): Promise<Config | undefined> => {
  if (one.needs_test_server === true) throw new NotRead("needs a remote server");
  try {
    return await readIgnition(one.input, { system: one.system_dir_files ?? [] });
  } catch (error) {
    if (error instanceof Invalid) return undefined;
    throw error;
  }
};

const runCase = async (one: Case, config: Config | undefined, root: string): Promise<void> => {
  const oracle = one.oracle["ignition-2.26.0"];
  if (config === undefined) {
    assert.notEqual(oracle.rc, 0);
    return;
  }
  const ownership = process.getuid?.() === 0 ? realOwnership : recordedOwnership();
  const nodesThere = nodesBefore(one).map((node) =>
    node.mode === undefined ? node : { ...node, mode: node.mode | READABLE },
  );
  paintTree(root, [{ path: "/", type: "dir", mode: 0o755 }, ...nodesThere], ownership);
  const isFragment = !(one.env ?? []).includes("IGNITION_WRITE_AUTHORIZED_KEYS_FRAGMENT=false");
  const bake = async (): Promise<boolean> => {
    const report = await bakeConfig({
      root,
      definition: { config, image: { slotSizeMib: 256 } },
      ownership,
      keysFile: isFragment ? ".ssh/authorized_keys.d/ignition" : ".ssh/authorized_keys",
    });
    return !report.findings.some(({ level }) => level === "error");
  };
  const look = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...seeTree(root, ownership)].map(([path, node]) => [path, seen(node, path, root)]),
    );

  assert.equal(await bake(), oracle.rc === 0, "verdict");
  const mine = look();
  assert.deepEqual(mine, expected(oracle.tree, mine), "tree");
  const nodes = seeTree(root, ownership);
  for (const { path, nlink } of oracle.tree) {
    if (nlink !== undefined) assert.equal(nodes.get(path)?.links, nlink, `names of ${path}`);
  }

  const second = oracle.second_run;
  if (second === undefined) return;
  assert.equal(await bake(), second.rc === 0, "verdict of a second run");
  assert.equal(
    JSON.stringify(look()) === JSON.stringify(mine),
    second.same_tree,
    "tree of a second run",
  );
};

const nodesBefore = ({ root_before: given }: Case): readonly PictureNode[] =>
  isList(given)
    ? given.map(({ mode, hardlink_of: hardlinkOf, ...node }) => ({
        ...node,
        ...(typeof mode === "number" ? { mode } : {}),
        ...(hardlinkOf === undefined ? {} : { hardlinkOf }),
      }))
    : Object.entries(given).map(([path, [kind, second, contents = ""]]): PictureNode => {
        if (kind === "link") return { path, type: "link", target: String(second) };
        if (kind === "hard") return { path, type: "file", hardlinkOf: String(second) };
        if (kind === "dir") return { path, type: "dir", mode: Number(second) };
        return { path, type: "file", mode: Number(second), contents };
      });

const isList = (given: Case["root_before"]): given is readonly RecordedNode[] =>
  Array.isArray(given);

/** Upstream's files have mode 0, which only root can read: for others both sides get a bit more. */
const READABLE = process.getuid?.() === 0 ? 0 : 0o400;

/** Left behind by the tools that Ignition runs, and of no use to anybody. */
const LEFTOVER = /^\/etc\/(?:\.pwd\.lock|(?:passwd|group|shadow|gshadow|subuid|subgid)-)$/;

const expected = (
  tree: readonly RecordedNode[],
  mine: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    tree
      .filter(({ path }) => !LEFTOVER.test(path))
      // Ignition's report of its own run is in /etc; a tree that we bake has none.
      .filter(({ path }) => path !== "/etc" || mine["/etc"] !== undefined)
      .map((node) => {
        const { path, type, mode = 0, contents = "" } = node;
        const isShadow = path === "/etc/shadow";
        return [
          path,
          described({
            ...node,
            type,
            mode: typeof mode === "string" ? Number.parseInt(mode, 8) : mode,
            sha256: isShadow ? sha256(undated(contents)) : (node.sha256 ?? sha256(contents)),
          }),
        ];
      }),
  );

const seen = (node: SeenNode, path: string, root: string): string =>
  described(
    path === "/etc/shadow"
      ? { ...node, sha256: sha256(undated(readFileSync(join(root, path), "utf8"))) }
      : node,
  );

const described = (
  node: Omit<SeenNode, "links" | "target"> & { readonly target?: string | undefined },
): string => {
  const owner = `${node.uid}:${node.gid}`;
  if (node.type === "link") return `link ${owner} ${node.target ?? ""}`;
  const mode = ((node.mode ?? 0) | READABLE).toString(8);
  return node.type === "dir"
    ? `dir ${mode} ${owner}`
    : `file ${mode} ${owner} ${node.sha256 ?? ""}`;
};

/** Ignition writes the day of the run; baking writes none, so that its output does not depend on it. */
const undated = (shadow: string): string =>
  shadow.replaceAll(/^([^:]*:[^:]*):(?:2\d{4})?:/gm, "$1::");
