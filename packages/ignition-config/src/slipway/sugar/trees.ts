/** `storage.trees`: a directory beside the document, with all that is in it, as files and links of the image. */
import type { LocalNode } from "../../butane/local-files.ts";
import type { DefinitionIo } from "../../io.ts";
import { resolvePath } from "../../names/relative-path.ts";
import type { Sink } from "../../report/notes.ts";
import { quote, type Violation } from "../../report/violation.ts";
import type { Tree } from "../../schema/tree.ts";
import { fieldOf, madeObject, madeValue, textOf, withFields } from "./build-tree.ts";
import { sayAt } from "./local-text.ts";
import type { NodeLists } from "./nodes.ts";

const PROBLEMS = {
  missing: "does not exist",
  denied: "may not be read",
  directory: "is a directory",
  file: "is a file, not a directory",
  failed: "cannot be read",
} as const;

const CHECK_IT = "check the path, which is relative to the directory of this document";

/** One tree of a document on its way. */
interface Copy {
  readonly tree: Tree;
  readonly nodes: NodeLists;
  readonly say: (violation: Violation) => void;
}

const taken = ({ say }: Copy, path: string): void =>
  say({
    rule: "tree-conflict",
    message: `the tree has ${quote(path)}, which the document has with contents or as something else`,
    hint: "remove one of the two",
  });

const ownersOf = ({ tree }: Copy): Readonly<Record<string, Tree | undefined>> => ({
  user: fieldOf(tree, "user"),
  group: fieldOf(tree, "group"),
});

const joined = (directory: string, name: string): string =>
  name === "" ? directory : `${directory.replace(/\/+$/, "")}/${name}`;

const copyDirectory = (copy: Copy, path: string): void => {
  const { tree, nodes } = copy;
  const mode = fieldOf(tree, "dir_mode");
  const owners = ownersOf(copy);
  // Directories above files are made anyway.
  if (mode === undefined && owners["user"] === undefined && owners["group"] === undefined) return;
  if (nodes.find(path) !== undefined) {
    taken(copy, path);
    return;
  }
  const fields = { path: madeValue(path, tree), mode: mode ?? madeValue(0o755, tree), ...owners };
  nodes.add("directories", path, madeObject(fields, tree));
};

const copyFile = (copy: Copy, path: string, node: LocalNode): void => {
  const { tree, nodes } = copy;
  const local = fieldOf(tree, "local") ?? tree;
  const name = joined(textOf(local) ?? "", node.path);
  const contents = madeObject({ local: madeValue(name, local) }, local);
  const mode = fieldOf(tree, "file_mode") ?? madeValue(node.executable ? 0o755 : 0o644, tree);
  const known = nodes.find(path);
  if (known === undefined) {
    const fields = { path: madeValue(path, tree), mode, contents, ...ownersOf(copy) };
    nodes.add("files", path, madeObject(fields, tree));
    return;
  }
  const { list, node: file } = known;
  if (list !== "files" || file.kind !== "object" || file.fields.has("contents")) {
    taken(copy, path);
    return;
  }
  nodes.complete(
    path,
    known,
    withFields(file, { contents, mode: file.fields.get("mode") ?? mode }),
  );
};

const copyLink = (copy: Copy, path: string, node: LocalNode): void => {
  const { tree, nodes } = copy;
  if (nodes.find(path) !== undefined) {
    taken(copy, path);
    return;
  }
  const target = madeValue(node.target ?? "", tree);
  const fields = { path: madeValue(path, tree), target, ...ownersOf(copy) };
  nodes.add("links", path, madeObject(fields, tree));
};

const copyNode = (copy: Copy, path: string, node: LocalNode): void => {
  if (node.problem !== undefined) {
    const message = `${quote(node.path)} of the tree ${PROBLEMS[node.problem]}`;
    copy.say({ rule: "missing-file", message, hint: "make it readable" });
    return;
  }
  if (/\p{Cc}|\uFFFD/u.test(node.path)) {
    const message = `${quote(node.path)} of the tree has a name that no definition can hold`;
    copy.say({ rule: "path", message, hint: "rename it" });
    return;
  }
  switch (node.kind) {
    case "directory":
      return copyDirectory(copy, path);
    case "file":
      return copyFile(copy, path, node);
    case "link":
      return copyLink(copy, path, node);
    case "other":
      copy.say({
        rule: "missing-file",
        message: `${quote(node.path)} of the tree is no file, directory or link`,
        hint: "remove it",
      });
  }
};

/** Adds all nodes of one tree. */
export const addTree = async (
  tree: Tree,
  nodes: NodeLists,
  io: DefinitionIo,
  sink: Sink,
): Promise<void> => {
  const local = fieldOf(tree, "local");
  const name = textOf(local);
  if (local === undefined || name === undefined) return;
  const say = (violation: Violation): void => sayAt(sink, local, violation);
  const directory = resolvePath(local.at.source.file, name);
  const walked = await io.walk?.(directory);
  if (walked === undefined || !walked.ok) {
    const problem = PROBLEMS[walked?.problem ?? "failed"];
    const detail = walked?.detail === undefined ? "" : ` (${walked.detail})`;
    const message = `local directory ${quote(directory)} ${problem}${detail}`;
    say({ rule: "missing-file", message, hint: CHECK_IT });
    return;
  }
  const destination = textOf(fieldOf(tree, "path")) ?? "/";
  for (const node of walked.nodes)
    copyNode({ tree, nodes, say }, joined(destination, node.path), node);
};
