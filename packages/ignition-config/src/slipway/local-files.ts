/** Whether the local files that a document names are there to be read. */
import type { DefinitionIo, NodeKind } from "../io.ts";
import { resolvePath } from "../names/relative-path.ts";
import type { Sink } from "../report/notes.ts";
import { quote } from "../report/violation.ts";
import type { Shape } from "../schema/shape.ts";
import { pathOf, type Tree } from "../schema/tree.ts";

type LocalFile = Tree & { readonly kind: "value" };

/** All texts that name a local file. */
const localFiles = (shape: Shape, tree: Tree): readonly LocalFile[] => {
  if (tree.kind === "value") return shape.kind === "string" && shape.local ? [tree] : [];
  if (tree.kind === "list" && shape.kind === "list") {
    return tree.items.flatMap((item) => localFiles(shape.item, item));
  }
  if (tree.kind !== "object" || shape.kind !== "object") return [];
  return [...shape.fields].flatMap(([name, field]) => {
    const below = tree.fields.get(name);
    return below === undefined ? [] : localFiles(field.shape, below);
  });
};

const WRONG_KIND: Readonly<Record<Exclude<NodeKind, "file">, string>> = {
  directory: "is a directory, not a file",
  other: "is no regular file",
  missing: "does not exist",
  denied: "may not be read",
};

/** Asks once for each path: the same file may stand in for many. */
export const checkLocalFiles = async (
  shape: Shape,
  tree: Tree,
  io: DefinitionIo,
  sink: Sink,
): Promise<void> => {
  const named = localFiles(shape, tree).map((local) => ({
    local,
    path: resolvePath(local.at.source.file, String(local.value)),
  }));
  const paths = [...new Set(named.map(({ path }) => path))];
  const kinds = new Map(
    await Promise.all(paths.map(async (path) => [path, await io.kind(path)] as const)),
  );
  for (const { local, path } of named) {
    const kind = kinds.get(path) ?? "missing";
    if (kind === "file") continue;
    sink({
      violation: {
        rule: "missing-file",
        message: `local file ${quote(path)} ${WRONG_KIND[kind]}`,
        hint: "check the path, which is relative to the directory of this document",
      },
      path: pathOf(local.trail),
      at: local.at,
    });
  }
};
