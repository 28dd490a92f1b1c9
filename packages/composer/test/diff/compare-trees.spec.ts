import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { compareTrees } from "../../src/diff/compare-trees.ts";
import type { FileChange } from "../../src/diff/file-change.ts";
import { openRootTree } from "../../src/diff/root-tree.ts";
import { patched, readsAnything, refuses, sourceOf, struct } from "../inspect/bytes.ts";
import { encodeErofs, type GivenDirectory } from "../inspect/encode-file-systems.ts";

const UUID = "0f1e2d3c-4b5a-8978-a695-b4c3d2e1f000";

const image = (root: GivenDirectory): Uint8Array => encodeErofs({ uuid: UUID, root });
const open = (root: GivenDirectory) => openRootTree(sourceOf(image(root)));

const compare = async (
  before: GivenDirectory,
  after: GivenDirectory,
  renamed?: (name: string) => string,
): Promise<readonly FileChange[]> =>
  compareTrees(await open(before), await open(after), {
    isSameData: async () => true,
    ...(renamed === undefined ? {} : { renamed }),
  });

const line = (change: FileChange): string =>
  [
    change.change,
    change.path,
    ...(change.change === "changed" ? change.aspects : []),
    ...(change.change === "changed" && change.pathBefore !== undefined
      ? [`was ${change.pathBefore}`]
      : []),
  ].join(" ");

/** Another order than that of the names, as a file system may have it. */
const TREE: GivenDirectory = {
  z: undefined,
  etc: { link: "x", old: { a: undefined, b: {} }, kind: undefined },
  a: {},
};

describe("comparison of two trees", () => {
  it("finds nothing between a tree and itself, in whatever order its names are", async () => {
    const { z, etc, a } = TREE;
    assert.deepEqual(await compare(TREE, { a, etc, z }), []);
  });

  it("lists what was added, removed and changed, to the last file of a directory", async () => {
    const after: GivenDirectory = {
      z: undefined,
      etc: { link: "y", kind: { inside: undefined }, new: { c: "t" } },
      a: {},
    };
    assert.deepEqual((await compare(TREE, after)).map(line), [
      "changed /etc/kind type mode",
      "added /etc/kind/inside",
      "changed /etc/link target",
      "added /etc/new",
      "added /etc/new/c",
      "removed /etc/old",
      "removed /etc/old/a",
      "removed /etc/old/b",
    ]);
  });

  it("tells nodes with all that they have", async () => {
    const [change] = await compare({}, { l: "target" });
    assert.deepEqual(change, {
      change: "added",
      path: "/l",
      after: { type: "link", mode: "0777", uid: 0, gid: 0, target: "target" },
    });
  });

  it("holds the files of one kernel against those of the next", async () => {
    const found = await compare(
      { modules: { "6.1": { x: "1", y: undefined } }, "doc-6.1": undefined },
      { modules: { "6.2": { x: "2", y: undefined } }, "doc-6.2": undefined },
      (name) => name.replaceAll("6.1", "6.2"),
    );
    assert.deepEqual(found.map(line), ["changed /modules/6.2/x target was /modules/6.1/x"]);
  });

  it("keeps a name that both trees have for itself", async () => {
    const found = await compare({ "6.1": undefined, "6.2": "a" }, { "6.2": "b" }, (name) =>
      name.replaceAll("6.1", "6.2"),
    );
    assert.deepEqual(found.map(line), ["removed /6.1", "changed /6.2 target"]);
  });

  it("refuses a directory that holds itself", async () => {
    const bytes = image({ d: { e: {} } });
    // The only entry named "e" gets the number of its parent's parent, the root.
    const root = bytes.subarray(1024 + 14, 1024 + 16);
    const entry = Buffer.from(bytes).indexOf("...e") - 36 + 24;
    const forged = await openRootTree(sourceOf(patched(bytes, entry, struct(8, [0, root]))));
    const none = await open({});
    const walk = async () => compareTrees(forged, none, { isSameData: async () => true });
    await refuses("OUT_OF_RANGE", "EROFS", walk);
  });

  it("refuses a name with a slash, and one that stands twice", async () => {
    const bytes = Buffer.from(image({ aa: undefined, bb: undefined }));
    const names = bytes.indexOf("...aabb") + 3;
    for (const text of ["a/bb", "aaaa"]) {
      const forged = await openRootTree(sourceOf(patched(bytes, names, Buffer.from(text))));
      await refuses("OUT_OF_RANGE", "EROFS", async () =>
        compareTrees(forged, forged, { isSameData: async () => true }),
      );
    }
  });

  readsAnything(
    async (source) => {
      const tree = await openRootTree(source);
      await compareTrees(tree, await openRootTree(source), { isSameData: async () => true });
      await tree.text("/etc/link");
    },
    patched(image(TREE), 1024 + 8, struct(4)),
  );
});
