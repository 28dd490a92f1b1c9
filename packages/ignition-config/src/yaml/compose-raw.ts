/** Parser events to the nodes of `raw-node.ts`. Iterative: nesting costs no stack. */
import {
  COLLECTION_STYLE,
  type Event,
  EVENT_ID,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from "js-yaml";
import { parseLeniently } from "./lenient-events.ts";
import type { RawEntry, RawMapping, RawNode, RawScalar, RawSequence } from "./raw-node.ts";

/** Collections within collections. Nothing that any of our schemas reads is deeper than a tenth of it. */
export const MAX_RAW_DEPTH = 128;

/** Keys, values and collections in one document. */
export const MAX_RAW_NODES = 1_000_000;

/** The root of the first document (none where there is nothing in it), or why the text is no YAML. */
export type RawDocument =
  | { readonly ok: true; readonly root: RawNode | undefined }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

type CollectionEvent = SequenceEvent | MappingEvent;

/** A collection whose end has not been reached; `children` of a mapping are keys and values in turn. */
interface Frame {
  readonly isMapping: boolean;
  readonly isFlow: boolean;
  readonly hasBracket: boolean;
  readonly children: RawNode[];
  readonly node: RawSequence | RawMapping;
  readonly entries: RawEntry[];
}

/** What js-yaml takes and yaml.v3 does not. */
class Unreadable extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const OWN_TAG = "tag:yaml.org,2002:";

/** `!<tag:yaml.org,2002:str>` and `!!str` are one tag; a lone `!` says nothing that yaml.v3 listens to. */
const readTag = (text: string, event: ScalarEvent | CollectionEvent): string => {
  if (event.tagStart < 0) return "";
  const written = text.slice(event.tagStart, event.tagEnd);
  const verbatim = /^!<(.*)>$/s.exec(written)?.[1];
  if (verbatim !== undefined) {
    return verbatim.startsWith(OWN_TAG) ? `!!${verbatim.slice(OWN_TAG.length)}` : verbatim;
  }
  return written === "!" ? "" : written;
};

/** Where anchor and tag begin, if there are any: nodes begin there. */
const propertiesStart = (event: ScalarEvent | CollectionEvent): number | undefined => {
  const starts = [
    ...(event.anchorStart < 0 ? [] : [event.anchorStart - 1]),
    ...(event.tagStart < 0 ? [] : [event.tagStart]),
  ];
  return starts.length === 0 ? undefined : Math.min(...starts);
};

const skipBlanks = (text: string, from: number): number => {
  let at = from;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (character === "#") {
      const lineEnd = text.indexOf("\n", at);
      at = lineEnd < 0 ? text.length : lineEnd;
    } else if (/[\s\ufeff]/.test(character)) at += 1;
    else break;
  }
  return at;
};

/** Where a scalar stands that is not written at all: after its colon or dash, in flow style at what follows. */
const emptyStart = (text: string, previousEnd: number, frame: Frame | undefined): number => {
  const at = skipBlanks(text, previousEnd);
  if (frame === undefined) return previousEnd;
  const isIndicator = text[at] === (frame.isMapping ? ":" : "-");
  if (frame.isFlow) return isIndicator && frame.isMapping ? skipBlanks(text, at + 1) : at;
  return isIndicator ? at + 1 : at;
};

/** Where a block scalar's `|` or `>` stands: js-yaml gives only the lines after it. */
const blockHeaderStart = (text: string, event: ScalarEvent, previousEnd: number): number => {
  const at = skipBlanks(text, previousEnd);
  // The header's line is the one before the value; between it and what came before stand only an indicator and blanks.
  for (let from = at; from < event.valueStart; from += 1) {
    if (text[from] === "|" || text[from] === ">") return from;
  }
  return event.valueStart;
};

const isQuoted = ({ style }: ScalarEvent): boolean => style !== SCALAR_STYLE.PLAIN;

const scalarStart = (
  text: string,
  event: ScalarEvent,
  previousEnd: number,
  frame: Frame | undefined,
): number => {
  const properties = propertiesStart(event);
  if (properties !== undefined) return properties;
  if (event.valueStart < 0) return emptyStart(text, previousEnd, frame);
  switch (event.style) {
    case SCALAR_STYLE.SINGLE_QUOTED:
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return event.valueStart - 1;
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK:
      return blockHeaderStart(text, event, previousEnd);
    case SCALAR_STYLE.PLAIN:
      break;
  }
  return event.valueStart;
};

const scalarEnd = (event: ScalarEvent, start: number): number => {
  if (event.valueStart < 0) return Math.max(start, event.anchorEnd, event.tagEnd);
  const closing =
    event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return event.valueEnd + (closing ? 1 : 0);
};

/** Where what comes next in the text begins, separators in brackets left behind. */
const skipSeparators = (text: string, from: number): number => {
  let at = skipBlanks(text, from);
  while (/[,[{]/.test(text[at] ?? "")) at = skipBlanks(text, at + 1);
  return at;
};

/** As far as yaml.v3 looks for the colon after a key. */
const LONGEST_KEY = 1024;

/** Refuses keys that yaml.v3 does not take for keys: not written at all, of several lines, or too long. */
const checkKey = (text: string, event: ScalarEvent, start: number, previousEnd: number): void => {
  const at = skipSeparators(text, previousEnd);
  if (text[at] === "?") return;
  const isUnwritten = event.valueStart < 0 && text[at] === ":";
  const colon = skipBlanks(text, scalarEnd(event, start));
  const beforeColon = text[colon] === ":" ? text.slice(event.valueStart, colon) : "";
  if (isUnwritten || beforeColon.length > LONGEST_KEY || /[\r\n]/.test(beforeColon)) {
    throw new Unreadable("did not find expected key", start);
  }
};

const checkScalar = (
  text: string,
  event: ScalarEvent,
  start: number,
  previousEnd: number,
  frame: Frame | undefined,
): void => {
  if (frame === undefined) return;
  if (frame.isMapping && frame.children.length % 2 === 0) checkKey(text, event, start, previousEnd);
  // In brackets these are indicators wherever they stand.
  const isPlain = event.style === SCALAR_STYLE.PLAIN && event.valueStart >= 0;
  if (isPlain && frame.isFlow && /^:|\?/.test(text.slice(event.valueStart, event.valueEnd))) {
    throw new Unreadable("did not find expected ',' or '}'", start);
  }
};

const openFrame = (text: string, event: CollectionEvent, start: number): Frame => {
  const isMapping = event.type === EVENT_ID.MAPPING;
  const children: RawNode[] = [];
  const entries: RawEntry[] = [];
  const tag = readTag(text, event);
  // A pair in a list in brackets is a mapping without brackets of its own.
  const hasBracket = /[[{]/.test(text[event.start] ?? "");
  const isFlow = event.style === COLLECTION_STYLE.FLOW;
  const node: RawSequence | RawMapping = isMapping
    ? { kind: "mapping", start, tag, entries }
    : { kind: "sequence", start, tag, items: children };
  return { isMapping, isFlow, hasBracket: isFlow && hasBracket, children, node, entries };
};

/**
 * The first document's text: yaml.v3 stops reading at the second's marker, whatever follows it. A marker at a line's
 * start cannot be part of a document, not even within quotes.
 */
const firstDocument = (text: string): string => {
  for (const { index, 0: marker } of text.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)) {
    const isFirst =
      marker === "---" && /^\ufeff?(?:[ \t]*(?:[#%].*)?\r?\n)*$/.test(text.slice(0, index));
    if (!isFirst) return text.slice(0, index);
  }
  return text;
};

/** `values` is the text that scalars are read from; places are those of `text`. */
const composeFirst = (
  text: string,
  values: string,
  events: readonly Event[],
): RawNode | undefined => {
  const anchors = new Map<string, RawScalar | RawSequence | RawMapping>();
  const frames: Frame[] = [];
  let root: RawNode | undefined;
  let previousEnd = 0;

  const attach = (node: RawNode): void => {
    const parent = frames.at(-1);
    if (parent === undefined) root ??= node;
    else if (parent.isMapping && parent.children.length % 2 === 1) {
      const key = parent.children.at(-1);
      parent.children.push(node);
      if (key !== undefined) parent.entries.push({ key, value: node });
    } else parent.children.push(node);
  };
  const nameAnchor = (
    event: ScalarEvent | CollectionEvent,
    node: RawScalar | RawSequence | RawMapping,
  ): void => {
    if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), node);
  };

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        const start = scalarStart(text, event, previousEnd, frames.at(-1));
        checkScalar(text, event, start, previousEnd, frames.at(-1));
        const value = event.valueStart < 0 ? "" : getScalarValue(values, event);
        const node: RawScalar = {
          kind: "scalar",
          start,
          tag: readTag(text, event),
          text: value,
          quoted: isQuoted(event),
        };
        nameAnchor(event, node);
        attach(node);
        previousEnd = Math.max(previousEnd, scalarEnd(event, start));
        break;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        const start = event.anchorStart - 1;
        const target = anchors.get(name);
        if (target === undefined) {
          throw new Unreadable(`unknown anchor '${name}' referenced`, start);
        }
        attach({ kind: "alias", start, tag: "", name, target });
        previousEnd = event.anchorEnd;
        break;
      }
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const frame = openFrame(text, event, propertiesStart(event) ?? event.start);
        nameAnchor(event, frame.node);
        attach(frame.node);
        frames.push(frame);
        previousEnd = Math.max(previousEnd, event.start + (frame.hasBracket ? 1 : 0));
        break;
      }
      case EVENT_ID.POP: {
        const frame = frames.pop();
        // The bracket has no event of its own.
        if (frame?.hasBracket === true) {
          const at = skipBlanks(text, previousEnd);
          const bracket = text[at] === "," ? skipBlanks(text, at + 1) : at;
          previousEnd = Math.max(previousEnd, bracket + 1);
        }
        break;
      }
      case EVENT_ID.DOCUMENT:
        break;
    }
  }
  return root;
};

/** Reads the first document of a text. Never throws; time and memory are in proportion to the text. */
export const composeRaw = (whole: string): RawDocument => {
  try {
    const text = firstDocument(whole);
    const { events, text: values } = parseLeniently(text, MAX_RAW_DEPTH);
    if (events.length > MAX_RAW_NODES) {
      const reason = `the document has more than ${MAX_RAW_NODES} keys and values`;
      return { ok: false, reason, offset: 0 };
    }
    return { ok: true, root: composeFirst(text, values, events) };
  } catch (cause) {
    if (cause instanceof Unreadable) {
      return { ok: false, reason: cause.message, offset: cause.offset };
    }
    if (cause instanceof YAMLException) {
      return { ok: false, reason: cause.reason, offset: cause.mark?.position ?? 0 };
    }
    // js-yaml's documentation asks for all exceptions to be caught, not only its own.
    return { ok: false, reason: `the parser gave up: ${String(cause)}`, offset: 0 };
  }
};
