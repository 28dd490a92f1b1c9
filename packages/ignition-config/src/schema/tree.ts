/** Decoded values that still know where they were written; what decoding makes and merging joins. */
import type { Path } from "../report/finding.ts";
import type { Mark } from "../text/source-text.ts";

interface Located {
  readonly at: Mark;
  /** In the document of `at`, whatever the path after merging is. */
  readonly trail: Steps;
}

/** The way to a value, last step first. */
export type Steps = { readonly before: Steps; readonly step: string | number } | undefined;

export type Tree = ValueTree | ListTree | ObjectTree | InvalidTree;

export interface ValueTree extends Located {
  readonly kind: "value";
  readonly value: string | number | boolean;
}

export interface ListTree extends Located {
  readonly kind: "list";
  readonly items: readonly Tree[];
}

/** An object or a map. */
export interface ObjectTree extends Located {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, Tree>;
}

/** There is a value, but it was reported: no rule may say anything more about it. */
export interface InvalidTree extends Located {
  readonly kind: "invalid";
}

/** The steps as a path. */
export const pathOf = (trail: Steps): Path => {
  const path: (string | number)[] = [];
  for (let at = trail; at !== undefined; at = at.before) path.push(at.step);
  return path.toReversed();
};

/** The value one step further, if there is one. */
export const childOf = (tree: Tree, step: string | number): Tree | undefined => {
  if (tree.kind === "list") return typeof step === "number" ? tree.items[step] : undefined;
  return tree.kind === "object" ? tree.fields.get(String(step)) : undefined;
};

/** The value at `path`, or the last one on the way to it. */
export const deepest = (root: Tree, path: Path): { readonly tree: Tree; readonly rest: Path } => {
  let tree = root;
  for (const [index, step] of path.entries()) {
    const next = childOf(tree, step);
    if (next === undefined) return { tree, rest: path.slice(index) };
    tree = next;
  }
  return { tree, rest: [] };
};
