/**
 * js-yaml 5 has two layers: `parseEvents` gives a flat list of events with UTF-16 offsets, `load` makes values of
 * them and forgets the offsets. So the grammar is js-yaml's, and only the composing of nodes is ours (`compose.ts`),
 * with positions, bounded aliases, and scalars left as text until the schema says what they are meant to be.
 */
import { type Event, EVENT_ID, parseEvents, YAMLException } from "js-yaml";
import type { Sink } from "../report/notes.ts";
import type { Violation } from "../report/violation.ts";
import type { SourceText } from "../text/source-text.ts";
import { composeDocument } from "./compose.ts";
import { isNull, type YamlNode } from "./yaml-node.ts";

/**
 * Keys, values and collections in one document. A definition of 10 000 files has a quarter of it; what comes after
 * parsing needs some hundred bytes for each.
 */
export const MAX_NODES = 500_000;

/** Collections within collections; the deepest path of any schema has less than ten. */
export const MAX_DEPTH = 64;

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^tab characters/, "indent with spaces"],
  [/^bad indentation/, "check the indentation, and quote a text that contains `: `"],
  [/^deficient indentation/, "close the quote or bracket above, or indent the line further"],
  [/end of the stream within a flow/, "close the bracket"],
  [/end of the stream within a .*quoted/, "close the quote"],
  [/^a line break is expected/, "write one value a line, or quote the whole text"],
  [/^missed comma/, "put a comma between the entries"],
  [/non-printable/, "remove it, or write it as an escape in double quotes"],
];
const OTHER_HINT = "quote the text here if it is meant as it stands";

const syntaxViolation = (reason: string): Violation => {
  if (reason.startsWith("nesting exceeded")) {
    return {
      rule: "nesting",
      message: `more than ${MAX_DEPTH} collections within each other`,
      hint: "flatten the document",
    };
  }
  const hint = HINTS.find(([pattern]) => pattern.test(reason))?.[1] ?? OTHER_HINT;
  return { rule: "yaml-syntax", message: reason, hint };
};

const readEvents = (source: SourceText, sink: Sink): readonly Event[] | undefined => {
  try {
    return parseEvents(source.text, { maxDepth: MAX_DEPTH });
  } catch (cause) {
    // js-yaml's documentation asks for all exceptions to be caught, not only its own; those have no position.
    const isOwn = cause instanceof YAMLException;
    const start = isOwn ? (cause.mark?.position ?? 0) : 0;
    const reason = isOwn ? cause.reason : `the parser gave up: ${String(cause)}`;
    const at = { source, start: Math.min(start, source.text.length), end: start + 1 };
    sink({ violation: syntaxViolation(reason), path: [], at });
    return undefined;
  }
};

/** The events of each document, without those that open and close it. */
const splitDocuments = (events: readonly Event[]): readonly (readonly Event[])[] => {
  const documents: Event[][] = [];
  let depth = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      documents.push([]);
    } else if (event.type === EVENT_ID.POP && depth === 0) {
      continue;
    } else {
      if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) depth += 1;
      if (event.type === EVENT_ID.POP) depth -= 1;
      documents.at(-1)?.push(event);
    }
  }
  return documents;
};

const firstOffset = (events: readonly Event[]): number | undefined => {
  for (const event of events) {
    if ("start" in event) return event.start;
    if (event.type === EVENT_ID.SCALAR && event.valueStart >= 0) return event.valueStart;
  }
  return undefined;
};

/** Whether the document redefines `!!`, so that `!!str` is no longer YAML's own. */
const hasOwnTags = (events: readonly Event[]): boolean =>
  events.some(
    (event) =>
      event.type === EVENT_ID.DOCUMENT &&
      event.directives.some((directive) => directive.kind === "tag" && directive.handle === "!!"),
  );

/**
 * The one document of a file; undefined when there is none to go on with. Never throws; takes time and memory
 * in proportion to the text.
 */
export const parseYaml = (source: SourceText, sink: Sink): YamlNode | undefined => {
  const events = readEvents(source, sink);
  if (events === undefined) return undefined;
  if (events.length > MAX_NODES) {
    sink({
      violation: {
        rule: "too-large",
        message: `the document has more than ${MAX_NODES} keys and values`,
        hint: "split it, and join the parts with `include`",
      },
      path: [],
      at: { source, start: 0, end: 0 },
    });
    return undefined;
  }
  const [first, second] = splitDocuments(events);
  if (second !== undefined) {
    const start = firstOffset(second) ?? source.text.length;
    sink({
      violation: {
        rule: "several-documents",
        message: "a second document begins in this file",
        hint: "put it into a file of its own and name that under `include`",
      },
      path: [],
      at: { source, start, end: start },
    });
  }
  const root = first && composeDocument(first, { source, sink, ownTags: hasOwnTags(events) });
  if (root === undefined || isNull(root)) {
    sink({
      violation: {
        rule: "empty-document",
        message: "the document is empty",
        hint: "begin with `variant: slipway` and `version: 1.0.0`",
      },
      path: [],
      at: { source, start: 0, end: 0 },
    });
    return undefined;
  }
  return root;
};
