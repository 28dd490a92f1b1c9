/** A document and everything it includes, each once, in the order in which they are merged. */
import type { DefinitionIo, ReadResult } from "../io.ts";
import { resolvePath } from "../names/relative-path.ts";
import type { Note, Sink } from "../report/notes.ts";
import { quote, type Violation } from "../report/violation.ts";
import { pathOf } from "../schema/tree.ts";
import { decodeText } from "../text/decode-text.ts";
import { type Declaration, declarationsOf } from "../variables/declarations.ts";
import type { SourceText } from "../text/source-text.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import type { YamlNode } from "../yaml/yaml-node.ts";
import type { IgnitionConfig } from "./definition.ts";
import { foreignLanguage, readForeign } from "./foreign/foreign-document.ts";
import { includesOf, isUnreadable } from "./read-document.ts";

/** The largest document, in bytes. A definition of 10 000 files with some lines each is half of it. */
export const MAX_DOCUMENT_BYTES: number = 4 * 1024 * 1024;
/** The most documents of one definition. */
export const MAX_DOCUMENTS = 64;
/** The longest chain of includes, the given document counted. */
export const MAX_INCLUDE_DEPTH = 16;

/** One document that could be parsed. */
export interface ParsedDocument {
  readonly root: YamlNode;
  /** Whether it is one of Butane's or Ignition's, respelled: nothing in it is a variable. */
  readonly isForeign: boolean;
  /** The Ignition config that a foreign one is. */
  readonly ignition?: IgnitionConfig;
  /** The variables that it declares. */
  readonly declarations: readonly Declaration[];
  /** Names of the variables that it may refer to: its own and those of the documents below it. */
  readonly visible: ReadonlySet<string>;
}

/** A document without regard to others. */
type OneDocument = Pick<ParsedDocument, "root" | "isForeign" | "ignition">;

/** What was read. */
export interface Documents {
  /** Included documents before those that include them. Documents without any sense in them are left out. */
  readonly documents: readonly ParsedDocument[];
  /** Every document that was read, in that order. */
  readonly sources: readonly { readonly file: string; readonly size: number }[];
  readonly texts: ReadonlyMap<string, string>;
  /** Whether every document that was named is among the documents. */
  readonly isComplete: boolean;
}

const REASONS: Readonly<Record<Exclude<ReadResult, { readonly ok: true }>["reason"], string>> = {
  missing: "does not exist",
  "too-large": `is larger than ${MAX_DOCUMENT_BYTES} bytes`,
  directory: "is a directory",
  denied: "may not be read",
  failed: "cannot be read",
};

const TOO_LARGE_HINT = "keep large contents in files of their own and name them with `local`";

const unreadable = (file: string, result: ReadResult & { readonly ok: false }): Violation => {
  const message = `${file} ${REASONS[result.reason]}`;
  if (result.reason === "too-large") return { rule: "too-large", message, hint: TOO_LARGE_HINT };
  if (result.reason === "directory") {
    return { rule: "unreadable-file", message, hint: "name a file in it" };
  }
  if (result.reason !== "missing") {
    const detail = result.detail === "" ? "" : ` (${result.detail})`;
    const hint = "check the permissions of the file and of the directories above it";
    return { rule: "unreadable-file", message: message + detail, hint };
  }
  return {
    rule: "missing-file",
    message,
    hint: "check the name; that of an include is relative to the including document",
  };
};

interface State {
  readonly io: DefinitionIo;
  readonly sink: Sink;
  readonly withoutImage: boolean;
  readonly documents: ParsedDocument[];
  /** By file, for documents that are complete with all they include. */
  readonly visible: Map<string, ReadonlySet<string>>;
  readonly sources: { readonly file: string; readonly size: number }[];
  readonly texts: Map<string, string>;
  /** Read or tried, whatever came of it. */
  readonly seen: Set<string>;
  isComplete: boolean;
}

const read = async (
  state: State,
  file: string,
  say: (violation: Violation) => void,
): Promise<OneDocument | undefined> => {
  const result = await state.io.read(file, MAX_DOCUMENT_BYTES);
  if (!result.ok) {
    say(unreadable(file, result));
    return undefined;
  }
  state.sources.push({ file, size: result.bytes.length });
  if (result.bytes.length > MAX_DOCUMENT_BYTES) {
    say(unreadable(file, { ok: false, reason: "too-large", detail: "" }));
    return undefined;
  }
  const decoded = decodeText(file, result.bytes);
  state.texts.set(file, decoded.source.text);
  if (!decoded.ok) {
    const at = { source: decoded.source, start: decoded.offset, end: decoded.offset + 1 };
    state.sink({ violation: decoded.violation, path: [], at });
    return undefined;
  }
  return parse(state, decoded.source, result.bytes);
};

const parse = async (
  state: State,
  source: SourceText,
  bytes: Uint8Array,
): Promise<OneDocument | undefined> => {
  const notes: Note[] = [];
  const yaml = parseYaml(source, (note) => notes.push(note));
  const language = foreignLanguage(source, yaml);
  if (language !== undefined) {
    const foreign = await readForeign(language, { source, bytes, yaml }, state.io, state.sink);
    if (foreign === undefined) return undefined;
    // What is only checked need not be fit to be a part of an image.
    const isAlone = state.withoutImage && state.seen.size === 1;
    if (!isAlone) for (const note of foreign.leftOut) state.sink(note);
    return { root: foreign.root, ignition: foreign.ignition, isForeign: true };
  }
  for (const note of notes) state.sink(note);
  if (yaml === undefined || isUnreadable(yaml, state.sink)) return undefined;
  return { root: yaml, isForeign: false };
};

/** Why a document cannot be included at the end of `chain`, or undefined. */
const refusal = (state: State, chain: readonly string[], file: string): Violation | undefined => {
  const start = chain.indexOf(file);
  if (start >= 0) {
    return {
      rule: "include-cycle",
      message: `include cycle: ${[...chain.slice(start), file].join(" -> ")}`,
      hint: "remove one of these includes",
    };
  }
  if (chain.length >= MAX_INCLUDE_DEPTH) {
    return {
      rule: "include-depth",
      message: `more than ${MAX_INCLUDE_DEPTH} documents include each other in a row`,
      hint: "include some of them directly",
    };
  }
  if (state.seen.has(file) || state.seen.size < MAX_DOCUMENTS) return undefined;
  return {
    rule: "too-many-documents",
    message: `${quote(file)} would be more than ${MAX_DOCUMENTS} documents`,
    hint: "join some of them",
  };
};

const visit = async (
  state: State,
  chain: readonly string[],
  say: (violation: Violation) => void,
): Promise<void> => {
  const file = chain.at(-1) ?? "";
  state.seen.add(file);
  const document = await read(state, file, say);
  if (document === undefined) {
    state.isComplete = false;
    return;
  }
  const { root } = document;
  const declarations = declarationsOf(root);
  const visible = new Set(declarations.map(({ name }) => name));
  for (const item of includesOf(root)) {
    const included = resolvePath(file, String(item.value));
    const sayHere = (violation: Violation): void => {
      state.sink({ violation, path: pathOf(item.trail), at: item.at });
    };
    const violation = refusal(state, chain, included);
    if (violation !== undefined) {
      sayHere(violation);
      state.isComplete = false;
      continue;
    }
    // What two others include is merged once, where it came first: over nothing that builds upon it.
    if (!state.seen.has(included)) await visit(state, [...chain, included], sayHere);
    for (const name of state.visible.get(included) ?? []) visible.add(name);
  }
  state.visible.set(file, visible);
  state.documents.push({ ...document, declarations, visible });
};

/** Reads `file` and all its includes. Rejects only if `io` does. */
export const readDocuments = async (
  file: string,
  io: DefinitionIo,
  sink: Sink,
  { withoutImage }: { readonly withoutImage: boolean },
): Promise<Documents> => {
  const state: State = {
    io,
    sink,
    withoutImage,
    documents: [],
    visible: new Map(),
    sources: [],
    texts: new Map(),
    seen: new Set(),
    isComplete: true,
  };
  await visit(state, [file], (violation) => sink({ violation, path: [] }));
  return state;
};
