/** Small trees of /etc for properties: few names and few contents, so that three of them often agree and often clash. */
import * as fc from "fast-check";
import type { EtcNode, EtcTree } from "../../src/etc/node.ts";
import type { Result } from "../../src/etc/three-way.ts";

interface Branch {
  readonly node: EtcNode;
  readonly children: Readonly<Record<string, Branch>>;
}

const attributes = {
  mode: fc.constantFrom(0o644, 0o600),
  uid: fc.constantFrom(0, 7),
  gid: fc.constant(0),
  xattrs: fc.constantFrom("", "", "", "x1"),
};

const leaf: fc.Arbitrary<Branch> = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("file" as const),
        sha256: fc.constantFrom("s1", "s2", "s3"),
        ...attributes,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("symlink" as const),
        target: fc.constantFrom("t1", "t2"),
        uid: fc.constant(0),
        gid: fc.constant(0),
        xattrs: fc.constant(""),
      }),
    },
  )
  .map((node) => ({ node, children: {} }));

const NAMES = ["a", "b", "c-", "\xff"];

const directory = (depth: number): fc.Arbitrary<Branch> =>
  fc.record({
    node: fc.record({ kind: fc.constant("directory" as const), ...attributes }),
    children: fc.dictionary(
      fc.constantFrom(...NAMES),
      depth === 0 ? leaf : fc.oneof(leaf, directory(depth - 1)),
      { maxKeys: 3 },
    ),
  });

const flatten = (
  path: string,
  branch: Branch,
  into: Map<string, EtcNode>,
): Map<string, EtcNode> => {
  into.set(path, branch.node);
  for (const [name, child] of Object.entries(branch.children)) {
    flatten(path === "" ? name : `${path}/${name}`, child, into);
  }
  return into;
};

export const anyTree: fc.Arbitrary<EtcTree> = directory(2).map((root) =>
  flatten("", root, new Map()),
);

/** A tree and one that shares most of it, as an image and what a node made of it do. */
export const changed = (tree: EtcTree, other: EtcTree, takes: readonly boolean[]): EtcTree => {
  const result = new Map<string, EtcNode>();
  const below = (from: EtcTree, path: string): void => {
    for (const [at, node] of from)
      if (at === path || at.startsWith(`${path}/`)) result.set(at, node);
  };
  result.set("", tree.get("") ?? { kind: "directory", mode: 0o755, uid: 0, gid: 0, xattrs: "" });
  NAMES.forEach((name, index) => below(takes[index] === true ? other : tree, name));
  return result;
};

export const nodesOf = (result: ReadonlyMap<string, Result>): EtcTree =>
  new Map([...result].map(([path, { node }]) => [path, node]));
