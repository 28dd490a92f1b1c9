/** `storage.trees`: directories copied with all that is in them. */
import { posix } from "node:path";
import type { Path } from "../report/finding.ts";
import type { Context } from "./context.ts";
import { encodeContents } from "./data-url.ts";
import type { ReadNode } from "./local-files.ts";
import { type NodeTracker, trackNodes, type Tracked } from "./node-tracker.ts";
import { addCommonSource, addTranslation } from "./translations.ts";
import { type Fields, numberAt, objectAt, objectsAt, textAt } from "./value.ts";

const TAKEN = "matching filesystem node has existing contents or different type";

interface Copy {
  readonly context: Context;
  readonly tracker: NodeTracker;
  /** The tree's place in the document, where all that goes wrong is reported. */
  readonly from: Path;
  readonly tree: Fields;
  readonly owner: Fields;
}

const SHAPES = { files: "File", directories: "Directory", links: "Link" } as const;

const addNode = (copy: Copy, list: keyof typeof SHAPES, fields: Fields): Tracked => {
  const { context, tracker, from, owner } = copy;
  const added = tracker.add(list, { ...owner, ...fields });
  addCommonSource(context.translations, from, added.path, added.node, context.shapes(SHAPES[list]));
  if (added.path.at(-1) === 0) addTranslation(context.translations, from, ["storage", list]);
  return added;
};

/** A node of the document with that path that is to be completed, or a new one; undefined when the path is taken. */
const nodeFor = (
  copy: Copy,
  list: "files" | "links",
  path: string,
  isComplete: (node: Fields) => boolean,
): Tracked | undefined => {
  const known = copy.tracker.get(list, path);
  if (known !== undefined) return isComplete(known.node) ? undefined : known;
  return copy.tracker.has(path) ? undefined : addNode(copy, list, { path });
};

const reportTaken = ({ context, from }: Copy): void => context.sourceNotes.error(from, TAKEN);

const copyDirectory = (copy: Copy, path: string): void => {
  const { tree, owner, tracker } = copy;
  const dirMode = numberAt(tree, "dir_mode");
  const isOwned = Object.values(owner).some(
    (who) => typeof who === "object" && Object.values(who).some((part) => part !== undefined),
  );
  if (dirMode === undefined && !isOwned) return;
  if (tracker.has(path)) reportTaken(copy);
  else addNode(copy, "directories", { path, mode: dirMode ?? 0o755 });
};

const copyFile = (copy: Copy, path: string, local: ReadNode): void => {
  const { context, from, tree } = copy;
  const { translations, sourceNotes } = context;
  const hasContents = (node: Fields): boolean =>
    (textAt(objectAt(node, "contents"), "source") ?? "") !== "";
  const target = nodeFor(copy, "files", path, hasContents);
  if (target === undefined) {
    reportTaken(copy);
    return;
  }
  if (local.contents?.ok !== true) {
    sourceNotes.error(from, local.contents?.message ?? "cannot be read");
    return;
  }
  const contents = { ...objectAt(target.node, "contents") };
  const given = textAt(contents, "compression");
  const { source, compression } = encodeContents(local.contents.bytes, given, context.mayCompress);
  contents["source"] = source;
  addTranslation(translations, from, [...target.path, "contents", "source"]);
  if (compression !== undefined) {
    contents["compression"] = compression;
    addTranslation(translations, from, [...target.path, "contents", "compression"]);
  }
  target.node["contents"] = contents;
  addTranslation(translations, from, [...target.path, "contents"]);
  if (target.node["mode"] !== undefined) return;
  target.node["mode"] = numberAt(tree, "file_mode") ?? (local.executable ? 0o755 : 0o644);
  addTranslation(translations, from, [...target.path, "mode"]);
};

const copyLink = (copy: Copy, path: string, local: ReadNode): void => {
  const hasTarget = (node: Fields): boolean => (textAt(node, "target") ?? "") !== "";
  const target = nodeFor(copy, "links", path, hasTarget);
  if (target === undefined) {
    reportTaken(copy);
    return;
  }
  target.node["target"] = local.target ?? "";
  addTranslation(copy.context.translations, copy.from, [...target.path, "target"]);
};

const copyNode = (copy: Copy, path: string, local: ReadNode): void => {
  const { context, from } = copy;
  switch (local.kind) {
    case "directory":
      copyDirectory(copy, path);
      // The directory itself stands in the list of the one above; only what is in it cannot be read.
      if (local.contents?.ok === false) context.sourceNotes.error(from, local.contents.message);
      break;
    case "file":
      copyFile(copy, path, local);
      break;
    case "link":
      copyLink(copy, path, local);
      break;
    case "other":
      context.sourceNotes.error(from, "trees may only contain files, directories, and symlinks");
      break;
  }
};

/** The owner that all nodes of the tree get. */
const ownerOf = (tree: Fields): Fields => {
  const owner: Fields = {};
  for (const who of ["user", "group"]) {
    if (tree[who] !== undefined) owner[who] = tree[who];
  }
  return owner;
};

/** Adds the nodes of all trees to the config. */
export const addTrees = (context: Context, root: Fields, config: Fields): void => {
  const { locals, sourceNotes } = context;
  const trees = objectsAt(objectAt(root, "storage"), "trees");
  if (trees.length === 0) return;
  const tracker = trackNodes(config);
  for (const [index, tree] of trees.entries()) {
    const from = ["storage", "trees", index];
    if (locals.refusal !== undefined) {
      sourceNotes.error(from, locals.refusal.message);
      return;
    }
    const read = locals.tree(textAt(tree, "local") ?? "");
    if (!read.ok) {
      sourceNotes.error(from, read.message);
      continue;
    }
    const given = textAt(tree, "path") ?? "";
    const destination = given === "" ? "/" : given;
    const copy = { context, tracker, from, tree, owner: ownerOf(tree) };
    for (const node of read.nodes) {
      const path = posix.join(destination, node.path).replace(/(?<=.)\/+$/, "");
      copyNode(copy, path, node);
    }
  }
};
