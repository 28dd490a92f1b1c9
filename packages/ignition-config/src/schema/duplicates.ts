/** Within one document no list may name a thing twice: only between documents does the same name mean a merge. */
import { formatPath } from "../report/format-path.ts";
import type { Sink } from "../report/notes.ts";
import { quote } from "../report/violation.ts";
import { positionAt } from "../text/source-text.ts";
import { itemKey } from "./item-key.ts";
import type { Shape } from "./shape.ts";
import { pathOf, type Tree } from "./tree.ts";

type Seen = Map<string, Tree>;

const checkList = (tree: Tree, shape: Shape, seen: Seen, sink: Sink): void => {
  if (tree.kind !== "list" || shape.kind !== "list") return;
  for (const item of tree.items) {
    const key = itemKey(shape, item);
    if (key === undefined) continue;
    const before = seen.get(key.text);
    if (before === undefined) {
      seen.set(key.text, item);
      continue;
    }
    const { line } = positionAt(before.at.source, before.at.start);
    const list = formatPath(pathOf(before.trail).slice(0, -1));
    sink({
      violation: {
        rule: "duplicate-entry",
        message: `${quote(key.text)} is already in ${list} on line ${line}`,
        hint: "remove one of the two, or merge them",
      },
      path: pathOf(key.tree.trail),
      at: key.tree.at,
    });
  }
};

const walk = (tree: Tree, shape: Shape, sink: Sink): void => {
  if (tree.kind === "list" && shape.kind === "list") {
    checkList(tree, shape, new Map(), sink);
    for (const item of tree.items) walk(item, shape.item, sink);
  }
  if (tree.kind !== "object") return;
  const object = shape.kind === "either" ? shape.long : shape;
  if (object.kind !== "object") return;
  // Lists with shared keys are one set, in the schema's order of the lists.
  const seen: Seen = new Map();
  for (const [name, field] of object.fields) {
    const child = tree.fields.get(name);
    if (child === undefined) continue;
    if (!object.sharedKeys.includes(name)) {
      walk(child, field.shape, sink);
      continue;
    }
    checkList(child, field.shape, seen, sink);
    if (child.kind !== "list" || field.shape.kind !== "list") continue;
    for (const item of child.items) walk(item, field.shape.item, sink);
  }
};

/** Reports every second and later entry of a name in a document's lists. */
export const checkDuplicates = (tree: Tree, shape: Shape, sink: Sink): void => {
  walk(tree, shape, sink);
};
