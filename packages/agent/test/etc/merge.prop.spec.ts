import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { mergeEtc } from "../../src/etc/merge.ts";
import {
  type EtcNode,
  type EtcTree,
  firstDifference,
  isSameNode,
  parentOf,
} from "../../src/etc/node.ts";
import { planWrites } from "../../src/etc/write-plan.ts";
import { anyTree, changed, nodesOf } from "./trees.ts";

const NO_ACCOUNTS = { old: {}, node: {}, image: {} };
const merge = (old: EtcTree, node: EtcTree, image: EtcTree) =>
  mergeEtc({ trees: { old, node, image }, accounts: NO_ACCOUNTS, machineId: undefined });
const merged = (old: EtcTree, node: EtcTree, image: EtcTree): EtcTree =>
  nodesOf(merge(old, node, image).result);
const isSame = (a: EtcTree, b: EtcTree): void =>
  assert.equal(firstDifference(a, b), undefined, JSON.stringify([[...a], [...b]]));

/** Three trees that are related as they are on a node. */
const versions = fc
  .tuple(
    anyTree,
    anyTree,
    anyTree,
    fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  )
  .map(([old, mine, theirs, here, there]) => ({
    old,
    node: changed(old, mine, here),
    image: changed(old, theirs, there),
  }));
const RUNS = { numRuns: 2000 };

describe("merging /etc", () => {
  it("without a change of the node gives the new image's", () => {
    fc.assert(
      fc.property(anyTree, anyTree, (old, image) => {
        const done = merge(old, old, image);
        isSame(nodesOf(done.result), image);
        assert.deepEqual(done.conflicts, []);
      }),
      RUNS,
    );
  });

  it("without a change of the image leaves the node's as it is", () => {
    fc.assert(
      fc.property(anyTree, anyTree, (old, node) => {
        const done = merge(old, node, old);
        isSame(nodesOf(done.result), node);
        assert.deepEqual(done.conflicts, []);
      }),
      RUNS,
    );
  });

  it("gives the same again when done again, from the outcome or within the new release", () => {
    fc.assert(
      fc.property(versions, ({ old, node, image }) => {
        const once = merged(old, node, image);
        isSame(merged(old, once, image), once);
        isSame(merged(image, once, image), once);
      }),
      RUNS,
    );
  });

  it("puts nothing anywhere but into directories", () => {
    fc.assert(
      fc.property(anyTree, anyTree, anyTree, (old, node, image) => {
        const result = merged(old, node, image);
        for (const path of result.keys()) {
          const parent = parentOf(path);
          assert.ok(parent === undefined || result.get(parent)?.kind === "directory", path);
        }
      }),
      RUNS,
    );
  });

  it("loses no file that the node made or changed", () => {
    fc.assert(
      fc.property(anyTree, anyTree, anyTree, (old, node, image) => {
        const result = merged(old, node, image);
        for (const [path, one] of node) {
          if (one.kind === "directory" || isSameNode(one, old.get(path))) continue;
          const [was, is] = [old.get(path), result.get(path)];
          const changedContents =
            one.kind === "file"
              ? was?.kind !== "file" || was.sha256 !== one.sha256
              : was?.kind !== "symlink" || was.target !== one.target;
          if (!changedContents) continue;
          assert.equal(is?.kind, one.kind, path);
          if (is?.kind === "file" && one.kind === "file") assert.equal(is.sha256, one.sha256);
        }
      }),
      RUNS,
    );
  });

  it("names a conflict for every path of the new image that is neither taken nor unchanged by it", () => {
    fc.assert(
      fc.property(anyTree, anyTree, anyTree, (old, node, image) => {
        const { result, conflicts } = merge(old, node, image);
        const named = new Set(conflicts.map(({ path }) => path));
        for (const [path, theirs] of image) {
          if (theirs.kind === "directory" || isSameNode(theirs, old.get(path))) continue;
          const got = result.get(path);
          if (isSameNode(got?.node, theirs) || named.has(path)) continue;
          // What is left: the node changed one part of it and the image another, and both are there.
          assert.equal(got?.node.kind, theirs.kind, path);
          assert.notDeepEqual(new Set(Object.values(got?.sources ?? {})), new Set(["node"]), path);
        }
      }),
      RUNS,
    );
  });

  it("is carried out by its steps", () => {
    fc.assert(
      fc.property(anyTree, anyTree, anyTree, (old, node, image) => {
        const { result } = merge(old, node, image);
        isSame(carriedOut(image, planWrites(result, image)), nodesOf(result));
      }),
      RUNS,
    );
  });
});

/** A file system in a few lines, that refuses what a real one refuses. */
const carriedOut = (image: EtcTree, steps: ReturnType<typeof planWrites>): EtcTree => {
  const tree = new Map<string, EtcNode>(image);
  for (const step of steps) {
    const parent = parentOf(step.path);
    switch (step.what) {
      case "remove":
        assert.ok(tree.has(step.path), step.path);
        for (const path of [...tree.keys()]) {
          if (path === step.path || path.startsWith(`${step.path}/`)) tree.delete(path);
        }
        break;
      case "create":
        assert.ok(!tree.has(step.path), step.path);
        assert.equal(tree.get(parent ?? "")?.kind, "directory", step.path);
        tree.set(step.path, step.result.node);
        break;
      case "set-attributes":
        assert.equal(tree.get(step.path)?.kind, "directory", step.path);
        tree.set(step.path, step.result.node);
        break;
    }
  }
  return tree;
};
