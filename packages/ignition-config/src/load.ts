import type { DefinitionIo, NodeKind } from "./io.ts";
import { resolvePath } from "./names/relative-path.ts";
import { isFatal, type Path, type Report } from "./report/finding.ts";
import { gatherNotes, type Sink } from "./report/notes.ts";
import type { RuleId } from "./report/rules.ts";
import { quote } from "./report/violation.ts";
import { evaluate } from "./schema/evaluate.ts";
import { mergeTrees } from "./schema/merge.ts";
import type { Shape } from "./schema/shape.ts";
import { deepest, pathOf, type Tree } from "./schema/tree.ts";
import { schemaFor } from "./slipway/schemas.ts";
import type { ImageDefinition, Source } from "./slipway/definition.ts";
import { readDocuments } from "./slipway/read-documents.ts";
import type { DocumentFragment } from "./slipway/v1_0/document.ts";
import { settleConfig } from "./slipway/v1_0/settle-config.ts";
import { settleImage } from "./slipway/v1_0/settle-image.ts";
import { rangeOf } from "./text/source-text.ts";

/** Rules about what is not there: a document that could not be read may have brought it. */
const ABSENCE_RULES: readonly RuleId[] = [
  "missing-key",
  "missing-source",
  "overwrite-without-contents",
];

/** What `loadDefinition` answers. */
export interface Loaded {
  readonly report: Report;
  /** Present exactly when the report is not fatal. */
  readonly definition?: ImageDefinition;
  /** The text of every document that could be decoded, by its name in the findings' ranges. */
  readonly texts: ReadonlyMap<string, string>;
}

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
const checkLocalFiles = async (
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

const define = (
  document: DocumentFragment | undefined,
  tree: Tree,
  sources: readonly Source[],
): ImageDefinition | undefined => {
  const image = settleImage(document?.image ?? {});
  if (document === undefined || image === undefined) return undefined;
  const placeOf = (path: Path) => rangeOf(deepest(tree, path).tree.at);
  return { image, config: settleConfig(document, placeOf), sources, origins: { at: placeOf } };
};

/**
 * Reads, merges and checks an image definition with everything it includes. Every problem of every document is
 * in the report, none is thrown; it rejects only if `io` does. Relative names in the result are relative to whatever
 * `file` is relative to.
 */
export const loadDefinition = async (file: string, io: DefinitionIo): Promise<Loaded> => {
  const notes = gatherNotes();
  const { trees, sources, texts, isComplete } = await readDocuments(file, io, notes.add);
  const order = sources.map((source) => source.file);
  const schema = schemaFor("slipway", "1.0.0");
  const [first, ...others] = trees;
  if (first === undefined) return { report: notes.report(order), texts };
  const tree = others.reduce((below, over) => mergeTrees(schema.shape, below, over), first);
  const document = evaluate(schema, tree, (note) => {
    if (isComplete || !ABSENCE_RULES.includes(note.violation.rule)) notes.add(note);
  });
  await checkLocalFiles(schema.shape, tree, io, notes.add);
  const report = notes.report(order);
  const definition = isFatal(report) ? undefined : define(document, tree, sources);
  return { report, ...(definition === undefined ? {} : { definition }), texts };
};
