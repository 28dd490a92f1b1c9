/** What the real Ignition did to real trees, against what baking does to them. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { bakeConfig, realOwnership, recordedOwnership } from "@slipway/composer";
import { after, before, describe, it } from "mocha";
import { Invalid, NotRead, readIgnition } from "../support/ignition-json.ts";
import { paintTree, type PictureNode, seeTree, sha256 } from "../support/tree-picture.ts";

const CORPUS = join(import.meta.dirname, "../../../shared/corpus");
const ORACLE = "ignition-2.26.0";

type Json = Record<string, any>;
type Picture = ReadonlyMap<string, string>;

for (const name of ["ignition-apply.jsonl", "ignition-apply-probes.jsonl"]) {
  const file = join(CORPUS, name);
  describe(`baking, against ${name}`, () => {
    let scratch = "";
    before(`needs ${file}`, function () {
      if (!existsSync(file)) {
        console.error(`      skipped: ${file} is not on this machine`);
        this.skip();
      }
      scratch = mkdtempSync(join(tmpdir(), "slipway-apply-"));
    });
    after(() => {
      if (scratch !== "") rmSync(scratch, { recursive: true, force: true });
    });
    if (!existsSync(file)) {
      it("agrees with Ignition");
      return;
    }
    const cases: Json[] = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const [index, one] of cases.entries()) {
      it(one["id"], async function () {
        const skipped = await runCase(one, join(scratch, String(index)));
        if (skipped !== undefined) {
          this.test!.title += ` (${skipped})`;
          this.skip();
        }
      });
    }
  });
}

const runCase = async (one: Json, root: string): Promise<string | undefined> => {
  if (one["needs_test_server"] === true) return "needs a remote server";
  if ((one["system_dir_files"] ?? []).length > 0) return "base configs: Ignition's own merging";
  let config;
  try {
    config = readIgnition(one["input"]);
  } catch (error) {
    if (error instanceof NotRead) return error.message;
    if (!(error instanceof Invalid)) throw error;
    assert.notEqual(one["oracle"][ORACLE].rc, 0);
    return undefined;
  }
  const ownership = process.getuid?.() === 0 ? realOwnership : recordedOwnership();
  paintTree(
    root,
    [{ path: "/", type: "dir", mode: 0o755 }, ...nodesBefore(one["root_before"])],
    ownership,
  );
  const keysFile = (one["env"] ?? []).includes("IGNITION_WRITE_AUTHORIZED_KEYS_FRAGMENT=false")
    ? (".ssh/authorized_keys" as const)
    : (".ssh/authorized_keys.d/ignition" as const);
  const bake = async (): Promise<boolean> => {
    const report = await bakeConfig({
      root,
      definition: { config, image: { slotSizeMib: 256 } },
      ownership,
      keysFile,
    });
    return !report.findings.some(({ level }) => level === "error");
  };

  const oracle = one["oracle"][ORACLE];
  const verdict = await bake();
  assert.equal(verdict, oracle.rc === 0, "verdict");
  const mine = picture(seeTree(root, ownership), root);
  assert.deepEqual(
    Object.fromEntries(mine),
    Object.fromEntries(expected(oracle.tree, mine)),
    "tree",
  );

  if (oracle.second_run !== undefined) {
    assert.equal(await bake(), oracle.second_run.rc === 0, "verdict of a second run");
    const again = Object.fromEntries(picture(seeTree(root, ownership), root));
    if (oracle.second_run.same_tree) assert.deepEqual(again, Object.fromEntries(mine));
    else assert.notDeepEqual(again, Object.fromEntries(mine));
  }
  return undefined;
};

const nodesBefore = (given: Json[] | Json): readonly PictureNode[] =>
  Array.isArray(given)
    ? given.map((node) => ({
        ...(node as PictureNode),
        ...(node["hardlink_of"] === undefined ? {} : { hardlinkOf: node["hardlink_of"] }),
      }))
    : Object.entries(given).map(([path, [kind, second, contents]]): PictureNode => {
        switch (kind) {
          case "dir":
            return { path, type: "dir", mode: second };
          case "link":
            return { path, type: "link", target: second };
          case "hard":
            return { path, type: "file", hardlinkOf: second };
          default:
            return { path, type: "file", mode: second, contents };
        }
      });

/** Left behind by the tools that Ignition runs, and of no use to anybody. */
const LEFTOVER = /^\/etc\/(?:\.pwd\.lock|(?:passwd|group|shadow|gshadow|subuid|subgid)-)$/;

const line = (node: Json, digest: string | undefined): string =>
  [
    node["type"],
    node["type"] === "link" ? "" : Number(node["mode"]).toString(8),
    `${node["uid"]}:${node["gid"]}`,
    digest ?? "",
    node["target"] ?? "",
  ].join(" ");

const picture = (seen: ReturnType<typeof seeTree>, root: string): Picture =>
  new Map(
    [...seen].map(([path, node]) => [
      path,
      line(
        node,
        path === "/etc/shadow"
          ? sha256(undated(readFileSync(join(root, path), "utf8")))
          : node.sha256,
      ),
    ]),
  );

const expected = (tree: Json[], mine: Picture): Picture =>
  new Map(
    tree
      .filter(({ path }) => !LEFTOVER.test(path))
      // Ignition's own report made it; ours is not on the tree.
      .filter(({ path }) => path !== "/etc" || mine.has("/etc"))
      .map((node) => {
        const mode = typeof node["mode"] === "string" ? parseInt(node["mode"], 8) : node["mode"];
        const digest =
          node["type"] !== "file"
            ? undefined
            : node["path"] === "/etc/shadow"
              ? sha256(undated(node["contents"]))
              : (node["sha256"] ?? sha256(node["contents"] ?? ""));
        return [node["path"], line({ ...node, mode }, digest)];
      }),
  );

/** Ignition writes the day of the run; baking writes none, so that its output does not depend on it. */
const undated = (shadow: string): string => shadow.replace(/^([^:]*:[^:]*):(?:2\d{4})?:/gm, "$1::");
