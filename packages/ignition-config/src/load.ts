import type { DefinitionIo } from "./io.ts";
import { isFatal, type Path, type Report } from "./report/finding.ts";
import { gatherNotes, type Sink } from "./report/notes.ts";
import type { RuleId } from "./report/rules.ts";
import { quote } from "./report/violation.ts";
import { evaluate } from "./schema/evaluate.ts";
import { mergeTrees } from "./schema/merge.ts";
import { deepest, type Tree } from "./schema/tree.ts";
import { type ShownValue, shownDocument } from "./show/shown-document.ts";
import { checkLocalFiles } from "./slipway/local-files.ts";
import { schemaFor } from "./slipway/schemas.ts";
import type { IgnitionConfig, ImageDefinition, Source } from "./slipway/definition.ts";
import { decodeSlipway } from "./slipway/read-document.ts";
import { type ParsedDocument, readDocuments } from "./slipway/read-documents.ts";
import { desugar } from "./slipway/sugar/desugar.ts";
import {
  pathInDocument,
  settleFirstBoot,
  type Split,
  splitDocument,
} from "./slipway/v1_0/first-boot.ts";
import { settleConfig } from "./slipway/v1_0/settle-config.ts";
import { settleImage } from "./slipway/v1_0/settle-image.ts";
import { rangeOf } from "./text/source-text.ts";
import { type Expand, expander, type Expansion } from "./variables/expand.ts";
import { readValueFiles } from "./variables/read-values.ts";
import { type GivenValue, settleVariables } from "./variables/settle-variables.ts";
import type { Variable, VariableInputs } from "./variables/variable.ts";

/** Rules about what is not there: a document that could not be read may have brought it, or used it. */
const ABSENCE_RULES: readonly RuleId[] = [
  "missing-key",
  "missing-source",
  "overwrite-without-contents",
];
const VARIABLE_ABSENCE_RULES: readonly RuleId[] = ["unknown-variable", "unused-variable"];

const without =
  (rules: readonly RuleId[], sink: Sink): Sink =>
  (note) => {
    if (!rules.includes(note.violation.rule)) sink(note);
  };

/** What `loadDefinition` answers. */
export interface Loaded {
  readonly report: Report;
  /** Present exactly when the report is not fatal. */
  readonly definition?: ImageDefinition;
  /**
   * What a node gets at first boot: all of a document of Butane's or Ignition's, of a definition what cannot be baked.
   * Absent when the report is fatal.
   */
  readonly ignition?: IgnitionConfig;
  /** The merged document, to be shown; present exactly when the definition is. Worked out only when asked. */
  readonly document?: () => ShownValue;
  /** The text of every document that could be decoded, by its name in the findings' ranges. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What a caller may say beside the file. */
export interface LoadOptions {
  /** Values of variables from outside the documents. */
  readonly variables?: VariableInputs;
  /** Whether keys that nobody knows are warnings, and left out, rather than errors. */
  readonly lenient?: boolean;
  /** Whether a document of Butane's or Ignition's, which says nothing of an image, may stand alone: to be checked only. */
  readonly withoutImage?: boolean;
}

const define = (
  { image: document, imageIndexes }: Split,
  tree: Tree,
  sources: readonly Source[],
  firstBoot: IgnitionConfig | undefined,
): ImageDefinition | undefined => {
  const placeOf = (path: Path) => rangeOf(deepest(tree, path).tree.at);
  const image = settleImage(document.image ?? {}, placeOf);
  if (image === undefined) return undefined;
  return {
    image,
    config: settleConfig(document, (path) => placeOf(pathInDocument(imageIndexes, path))),
    ...(firstBoot === undefined ? {} : { firstBoot }),
    sources,
    origins: { at: placeOf },
  };
};

/** Unknown keys as warnings; how they are left out is the decoder's way with everything it does not know. */
const leniently =
  (sink: Sink): Sink =>
  (note) => {
    const { violation } = note;
    const isUnknown = violation.rule === "unknown-key" || violation.rule === "unsupported-key";
    sink(isUnknown ? { ...note, violation: { ...violation, level: "warning" } } : note);
  };

const withoutImageNotes =
  (sink: Sink): Sink =>
  (note) => {
    if (note.path[0] !== "image") sink(note);
  };

const reportNoImage = (tree: Tree, sink: Sink): void => {
  sink({
    violation: {
      rule: "no-image",
      message: "a document of Butane or Ignition says nothing of an image",
      hint: "write a slipway document with an `image:` that names this one under `include:`",
    },
    path: [],
    at: tree.at,
  });
};

const givenValues = async (
  inputs: VariableInputs,
  io: DefinitionIo,
  sink: Sink,
): Promise<{
  readonly given: readonly GivenValue[];
  readonly texts: ReadonlyMap<string, string>;
}> => {
  const files = await readValueFiles(inputs.files ?? [], io, sink);
  const values = (inputs.values ?? []).map(({ name, value }): GivenValue => ({
    name,
    scalar: { text: value, plain: undefined },
  }));
  return { given: [...files.given, ...values], texts: files.texts };
};

const reportUnused = (
  documents: readonly ParsedDocument[],
  used: ReadonlySet<string>,
  sink: Sink,
): void => {
  for (const { name, at } of documents.flatMap(({ declarations }) => declarations)) {
    if (used.has(name)) continue;
    sink({
      violation: {
        rule: "unused-variable",
        message: `no document uses variable ${quote(name)}`,
        hint: `write \`\${var.${name}}\` where it is meant to stand, or remove it`,
      },
      path: ["variables", name],
      at,
    });
  }
};

/** Documents of others have no variables. */
const unchanged: Expand = (scalar) => scalar;

/** The documents with the values of their variables in them, everything short written out. */
const decodeDocuments = async (
  documents: readonly ParsedDocument[],
  variables: ReadonlyMap<string, Variable>,
  io: DefinitionIo,
  sink: Sink,
): Promise<readonly Tree[]> => {
  const expansion: Expansion = { used: new Set(), characters: 0 };
  const trees: Tree[] = [];
  for (const { root, visible, isForeign } of documents) {
    const seen = new Map([...variables].filter(([name]) => visible.has(name)));
    const expand = isForeign ? unchanged : expander(seen, expansion, sink);
    const tree = decodeSlipway(root, sink, expand);
    if (tree !== undefined) trees.push(await desugar(tree, io, sink));
  }
  reportUnused(documents, expansion.used, sink);
  return trees;
};

/**
 * Reads, merges and checks an image definition with everything it includes. Every problem of every document is
 * in the report, none is thrown; it rejects only if `io` does. Relative names in the result are relative to whatever
 * `file` is relative to.
 */
export const loadDefinition = async (
  file: string,
  io: DefinitionIo,
  { variables: inputs = {}, lenient = false, withoutImage = false }: LoadOptions = {},
): Promise<Loaded> => {
  const notes = gatherNotes();
  const sink = lenient ? leniently(notes.add) : notes.add;
  const { documents, sources, texts, isComplete } = await readDocuments(file, io, sink, {
    withoutImage,
  });
  const { given, texts: valueTexts } = await givenValues(inputs, io, sink);
  const allTexts = new Map([...texts, ...valueTexts]);
  const order = [...sources.map((source) => source.file), ...valueTexts.keys()];
  const aboutVariables = isComplete ? sink : without(VARIABLE_ABSENCE_RULES, sink);
  const declarations = documents.map((one) => one.declarations);
  const variables = settleVariables(declarations, given, aboutVariables);
  const trees = await decodeDocuments(documents, variables, io, aboutVariables);
  const schema = schemaFor("slipway", "1.0.0");
  const [first, ...others] = trees;
  if (first === undefined) return { report: notes.report(order), texts: allTexts };
  const tree = others.reduce((below, over) => mergeTrees(schema.shape, below, over), first);
  // The document itself comes last.
  const isForeign = documents.at(-1)?.isForeign === true;
  if (isForeign && !withoutImage) reportNoImage(tree, sink);
  const aboutImage = isForeign ? withoutImageNotes(sink) : sink;
  const document = evaluate(
    schema,
    tree,
    isComplete ? aboutImage : without(ABSENCE_RULES, aboutImage),
  );
  await checkLocalFiles(schema.shape, tree, io, sink);
  const split = document && splitDocument(document);
  const firstBoot =
    split === undefined || document === undefined || isFatal(notes.report(order))
      ? undefined
      : await settleFirstBoot(split, document, tree, sink);
  const report = notes.report(order);
  const definition =
    split === undefined || isFatal(report) ? undefined : define(split, tree, sources, firstBoot);
  const config = isFatal(report)
    ? undefined
    : (documents.at(-1)?.ignition ?? definition?.firstBoot);
  const ignition = config === undefined ? {} : { ignition: config };
  if (definition === undefined) return { report, ...ignition, texts: allTexts };
  const shown = (): ShownValue => shownDocument(schema.shape, tree, variables);
  return { report, definition, ...ignition, document: shown, texts: allTexts };
};
