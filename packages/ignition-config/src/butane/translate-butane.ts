/** Butane documents to Ignition configs. */
import type { Entry } from "../ignition/entry.ts";
import type { Minor } from "../ignition/schema/table.ts";
import type { ConfigAt } from "../ignition/schema/types.ts";
import { type IgnitionVersion, versionOf } from "../ignition/schema/versions.ts";
import type { LineColumn } from "../json/line-index.ts";
import type { Path } from "../report/finding.ts";
import type { RawNode } from "../yaml/raw-node.ts";
import { checkSource } from "./check-source.ts";
import type { Context } from "./context.ts";
import { decodeDocument, type Fault } from "./decode.ts";
import { type Note, Notes } from "./note.ts";
import { checkFilters } from "./filters.ts";
import { asConfig, checkGenerated } from "./generated.ts";
import { dialectFor, type Document, parseDocument, readHeader } from "./header.ts";
import { type LocalFiles, readLocals } from "./local-files.ts";
import { offsetOf } from "./position.ts";
import {
  findRepeated,
  fitForOpenshift,
  mayCompressFor,
  wrapConfig,
  wrapNotes,
  wrapTranslations,
} from "./machine-config.ts";
import { butaneShapes } from "./shapes.ts";
import { tidyConfig } from "./tidy.ts";
import { localPaths, translateConfig } from "./translate-config.ts";
import { noTranslations, traceBack, type Translations } from "./translations.ts";
import { findUnusedKeys } from "./unused-keys.ts";
import type { Fields } from "./value.ts";
import type { Dialect } from "./variants.ts";

export interface ButaneOptions {
  /** The files directory. Without one, documents that name local files are refused. */
  readonly files?: LocalFiles;
  /** Whether versions that may still change are read. */
  readonly experimental?: boolean;
  /** Whether contents are compressed where that makes them shorter; yes when unset. */
  readonly compress?: boolean;
}

/** What a document became. */
export interface ButaneResult {
  /** What there is to say about the document, with places in it; columns count characters, as in Butane's own report. */
  readonly report: readonly Entry[];
  /** The Ignition config; absent when something is wrong. */
  readonly config?: ConfigAt<Minor>;
  /** Of documents for OpenShift instead of `config`: the machine config, with the Ignition config at `spec.config`. */
  readonly machineConfig?: Fields;
  /** The spec of the config, and its minor number. */
  readonly version?: IgnitionVersion;
  readonly minor?: Minor;
  /** Why there is no config, as Butane sums it up: an error without an entry, or `source config is invalid`. */
  readonly failure?: string;
  /**
   * What Butane says in `failure` alone, each with its place: YAML that cannot be read and values of the wrong type. They are no
   * entries of its report.
   */
  readonly faults: readonly Entry[];
  /** Where in the document a part of the config comes from, by its path in the config. */
  readonly placeOf: (path: Path) => LineColumn | undefined;
}

const nowhere = (): undefined => undefined;

const fail = (failure: string, report: readonly Entry[] = []): ButaneResult => ({
  report,
  failure,
  faults: [],
  placeOf: nowhere,
});

const failAt = (failure: string, faults: readonly Fault[]): ButaneResult => ({
  ...fail(failure),
  faults: faults.map(({ message, at }): Entry => {
    const place = { line: at.line, col: at.column };
    return { kind: "error", path: [], message, place };
  }),
});

const placeAt = ({ positionOf }: Document, offset: number): LineColumn => {
  const { line, column } = positionOf(offset);
  return { line, col: column };
};

/** Puts notes at their places in the document. */
const entryMaker =
  (root: RawNode, document: Document): ((note: Note) => Entry) =>
  ({ kind, message, path, key }) => ({
    kind,
    message,
    path: key === undefined ? path : [...path, key],
    place: placeAt(document, offsetOf(root, path, key)),
  });

const traced = (notes: readonly Note[], translations: Translations): readonly Note[] =>
  notes.map((note) => ({ ...note, path: traceBack(translations, note.path) }));

/** What all phases came to. */
export interface Outcome {
  readonly notes: readonly Note[];
  readonly config?: Fields;
  readonly translations: Translations;
  readonly failure?: string;
}

const SOURCE_INVALID = "source config is invalid";
const RESULT_INVALID = "config generated was invalid";

/** Butane's phases in its order, for a document that has been decoded: an error in one ends it before the next. */
export const runPhases = async (
  fields: Fields,
  dialect: Dialect,
  options: ButaneOptions,
): Promise<Outcome> => {
  const shapes = butaneShapes(dialect.minor, dialect.sections);
  const shape = shapes("Config");
  const notes = new Notes();
  const refuse = (failure: string, translations = noTranslations()): Outcome => ({
    notes: notes.list,
    translations,
    failure,
  });

  checkSource(fields, shape, dialect, notes);
  if (notes.isFatal) return refuse(SOURCE_INVALID);

  const paths = localPaths(fields);
  const context: Context = {
    dialect,
    shapes,
    locals: await readLocals(options.files, paths.files, paths.trees),
    mayCompress: (options.compress ?? true) && mayCompressFor(dialect),
    translations: noTranslations(),
    sourceNotes: notes,
    generatedNotes: new Notes(),
  };
  const translated = translateConfig(context, fields);
  if (translated === undefined) return refuse(SOURCE_INVALID);
  const found = new Notes();
  fitForOpenshift(context, fields, translated, found);
  const isWrapped = dialect.openshift !== undefined;
  const { config } = translated;
  const translations = isWrapped
    ? wrapTranslations(translated.translations)
    : translated.translations;
  const wrap = isWrapped ? wrapNotes : (list: readonly Note[]): readonly Note[] => list;
  // Butane looks these up without the machine config around them.
  notes.add(traced(context.generatedNotes.list, translations));
  notes.add(traced(wrap(found.list), translations));
  if (notes.isFatal) return refuse(SOURCE_INVALID, translations);

  const filtered = new Notes();
  checkFilters(config, shape, dialect.filters, filtered);
  notes.add(traced(wrap(filtered.list), translations));
  if (notes.isFatal) return refuse(SOURCE_INVALID, translations);

  const tidy = tidyConfig(config, shape);
  if (isWrapped) notes.add(findRepeated(fields));
  notes.add(
    traced(wrap(checkGenerated(asConfig(tidy, dialect.minor), dialect.minor)), translations),
  );
  if (notes.isFatal) return refuse(RESULT_INVALID, translations);
  return { notes: notes.list, config: isWrapped ? wrapConfig(fields, tidy) : tidy, translations };
};

/**
 * Translates one Butane document: the first of the text, whatever follows it. Never rejects but for a port that does, and
 * takes time and memory in proportion to the text and the local files it names.
 */
export const translateButane = async (
  bytes: Uint8Array,
  options: ButaneOptions = {},
): Promise<ButaneResult> => {
  const parsed = parseDocument(bytes);
  if (!parsed.ok) return failAt(parsed.failure, parsed.faults);
  const { document } = parsed;
  const header = readHeader(document);
  if (!header.ok) return failAt(header.failure, header.faults);
  const dialect = dialectFor(header.variant, header.version, options.experimental ?? false);
  if (typeof dialect === "string") return fail(dialect);

  const shape = butaneShapes(dialect.minor, dialect.sections)("Config");
  const decoded = decodeDocument(document.root, shape, document.positionOf);
  if (!decoded.ok) return failAt(decoded.message, decoded.faults);
  const { root } = document;
  // A document without a root has no variant either.
  if (root === undefined) return fail("error parsing variant; must be specified");

  const toEntry = entryMaker(root, document);
  const unused = findUnusedKeys(root, decoded.fields, shape).map((note) =>
    toEntry({ ...note, kind: "warning" }),
  );
  const outcome = await runPhases(decoded.fields, dialect, options);
  const report = [...unused, ...outcome.notes.map(toEntry)];
  if (outcome.config === undefined) return fail(outcome.failure ?? SOURCE_INVALID, report);
  return {
    report,
    faults: [],
    ...(dialect.openshift === undefined
      ? {
          config: asConfig(outcome.config, dialect.minor),
          version: versionOf(dialect.minor),
          minor: dialect.minor,
        }
      : { machineConfig: outcome.config }),
    placeOf: (path) => placeAt(document, offsetOf(root, traceBack(outcome.translations, path))),
  };
};
