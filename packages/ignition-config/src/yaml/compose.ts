/** Parser events to nodes: positions, tags, anchors and aliases, duplicate keys. */
import {
  type AliasEvent,
  COLLECTION_STYLE,
  type Event,
  EVENT_ID,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import type { Sink } from "../report/notes.ts";
import { quote, type Violation } from "../report/violation.ts";
import { type Mark, positionAt, type SourceText } from "../text/source-text.ts";
import type { YamlEntry, YamlNode } from "./yaml-node.ts";

export interface ComposeContext {
  readonly source: SourceText;
  readonly sink: Sink;
  /** Whether the document gives `!!` a meaning of its own. */
  readonly ownTags: boolean;
}

/**
 * How many nodes and characters all aliases of a document may stand for together. Nodes are shared in memory, but
 * everything after this walks them again at each alias; ten nested lists of ten aliases are ten thousand million.
 */
export const MAX_ALIAS_WEIGHT = 1_000_000;

type CollectionEvent = SequenceEvent | MappingEvent;

/** A collection whose end has not been reached. */
interface Frame {
  readonly event: CollectionEvent;
  readonly children: YamlNode[];
}

type Tag = "none" | "text" | "plain" | "sequence" | "mapping" | "unknown";

const TAGS: ReadonlyMap<string, Tag> = new Map<string, Tag>([
  ["str", "text"],
  ["int", "plain"],
  ["float", "plain"],
  ["bool", "plain"],
  ["null", "plain"],
  ["seq", "sequence"],
  ["map", "mapping"],
]);

const readTag = (text: string, ownTags: boolean): Tag => {
  // `!` alone means "do not guess": a scalar is text, a collection what it looks like.
  if (text === "!") return "text";
  const verbatim = /^!<tag:yaml\.org,2002:(\w+)>$/.exec(text)?.[1];
  const short = ownTags ? undefined : /^!!(\w+)$/.exec(text)?.[1];
  return TAGS.get(verbatim ?? short ?? "") ?? "unknown";
};

/** Where a block scalar's `|` or `>` stands: js-yaml gives only the lines after it. */
const blockHeaderStart = (text: string, event: ScalarEvent, previousEnd: number): number => {
  const lineStart = text.lastIndexOf("\n", event.valueStart - 2) + 1;
  const from = Math.max(lineStart, previousEnd, event.anchorEnd, event.tagEnd);
  const found = text.slice(from, event.valueStart).search(/[|>]/);
  return found < 0 ? event.valueStart : from + found;
};

/** Where an item stands that is not written at all: at its dash, the next thing that is no blank or comment. */
const emptyMark = (source: SourceText, event: ScalarEvent, previousEnd: number): Mark => {
  const { text } = source;
  let at = Math.max(previousEnd, event.anchorEnd, event.tagEnd);
  const from = at;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "-") return { source, start: at, end: at + 1 };
    if (character === "#") at = text.indexOf("\n", at);
    else if (!/[\s:]/.test(character)) break;
    if (at < 0) break;
  }
  return { source, start: from, end: from };
};

/** Without the line breaks and blanks that end a block scalar. */
const trimmedEnd = (text: string, start: number, end: number): number => {
  let at = end;
  while (at > start && /\s/.test(text[at - 1] ?? "")) at -= 1;
  return at;
};

const scalarMark = (source: SourceText, event: ScalarEvent, previousEnd: number): Mark => {
  const { text } = source;
  if (event.valueStart < 0) return emptyMark(source, event, previousEnd);
  switch (event.style) {
    case SCALAR_STYLE.SINGLE_QUOTED:
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return { source, start: event.valueStart - 1, end: event.valueEnd + 1 };
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK: {
      const start = blockHeaderStart(text, event, previousEnd);
      return { source, start, end: trimmedEnd(text, start, event.valueEnd) };
    }
    case SCALAR_STYLE.PLAIN:
      break;
  }
  return { source, start: event.valueStart, end: event.valueEnd };
};

/** The end of a flow collection: its bracket, which has no event, after blanks, comments and a last comma. */
const flowEnd = (text: string, from: number): number => {
  let at = from;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (character === "]" || character === "}") return at + 1;
    if (character === "#") {
      const lineEnd = text.indexOf("\n", at);
      if (lineEnd < 0) return from;
      at = lineEnd;
    }
    at += 1;
  }
  return from;
};

const collectionMark = (source: SourceText, frame: Frame, previousEnd: number): Mark => {
  const { start, style } = frame.event;
  const isFlow = style === COLLECTION_STYLE.FLOW;
  const end = isFlow ? flowEnd(source.text, Math.max(previousEnd, start + 1)) : previousEnd;
  return { source, start, end: Math.max(end, start) };
};

const totalWeight = (children: readonly YamlNode[]): number =>
  children.reduce((sum, child) => sum + child.weight, 1);

/** Pairs of key and value; keys that are no text and keys seen before are reported and left out. */
const pairEntries = (children: readonly YamlNode[], { sink }: ComposeContext): YamlEntry[] => {
  const entries: YamlEntry[] = [];
  const seen = new Map<string, Mark>();
  for (let index = 0; index + 1 < children.length; index += 2) {
    const key = children[index];
    const value = children[index + 1];
    if (key === undefined || value === undefined || key.kind === "broken") continue;
    if (key.kind !== "scalar" || (key.plain && key.text === "")) {
      const what = key.kind === "scalar" ? "empty" : `a ${key.kind}`;
      sink({
        violation: {
          rule: "key-not-text",
          message: `a key must be text, this one is ${what}`,
          hint: "quote the key if it is meant to be text",
        },
        path: [],
        // A key that is not written is best shown by its value.
        at: key.kind === "scalar" ? value.at : key.at,
      });
      continue;
    }
    const before = seen.get(key.text);
    if (before !== undefined) {
      const { line } = positionAt(before.source, before.start);
      sink({
        violation: {
          rule: "duplicate-key",
          message: `key ${quote(key.text)} is already defined on line ${line}`,
          hint: "remove one of the two, or merge what is below them",
        },
        path: [],
        at: key.at,
      });
      continue;
    }
    seen.set(key.text, key.at);
    // A value that is not written is best shown by its key.
    const isAbsent = value.kind === "scalar" && value.plain && value.text === "";
    entries.push({ key, value: isAbsent ? { ...value, at: key.at } : value });
  }
  return entries;
};

/** Anchors whose node is not complete yet are `open`: an alias to one would hold itself. */
type Anchors = Map<string, YamlNode | "open">;

interface Aliases {
  readonly anchors: Anchors;
  weight: number;
}

const anchorName = (text: string, event: Exclude<Event, { type: 1 | 6 }>): string | undefined =>
  event.anchorStart < 0 ? undefined : text.slice(event.anchorStart, event.anchorEnd);

const composeAlias = (
  event: AliasEvent,
  aliases: Aliases,
  { source, sink }: ComposeContext,
): YamlNode => {
  const at = { source, start: event.anchorStart - 1, end: event.anchorEnd };
  const name = source.text.slice(event.anchorStart, event.anchorEnd);
  const broken = (violation: Violation): YamlNode => {
    sink({ violation, path: [], at });
    return { kind: "broken", at, weight: 1 };
  };
  const target = aliases.anchors.get(name);
  if (target === undefined) {
    return broken({
      rule: "unknown-alias",
      message: `no anchor ${quote(`&${name}`)} before this alias`,
      hint: "quote the text if it is no alias",
    });
  }
  if (target === "open") {
    return broken({
      rule: "recursive-alias",
      message: `the value of anchor ${quote(`&${name}`)} holds itself`,
      hint: "write the value out where it is meant to stand",
    });
  }
  const isFirst = aliases.weight <= MAX_ALIAS_WEIGHT;
  aliases.weight += target.weight;
  if (!isFirst) return { kind: "broken", at, weight: 1 };
  if (aliases.weight > MAX_ALIAS_WEIGHT) {
    return broken({
      rule: "alias-explosion",
      message: `aliases stand for more than ${MAX_ALIAS_WEIGHT} nodes and characters`,
      hint: "use fewer aliases of aliases",
    });
  }
  return { ...target, at };
};

const applyTag = (
  node: YamlNode,
  event: ScalarEvent | CollectionEvent,
  context: ComposeContext,
): YamlNode => {
  if (event.tagStart < 0) return node;
  const { source, sink, ownTags } = context;
  const text = source.text.slice(event.tagStart, event.tagEnd);
  const tag = readTag(text, ownTags);
  if (node.kind === "scalar" && (tag === "text" || tag === "plain")) {
    return { ...node, plain: tag === "plain" };
  }
  if (node.kind === tag || (text === "!" && node.kind !== "broken")) return node;
  const at = { source, start: event.tagStart, end: event.tagEnd };
  const violation: Violation = {
    rule: "unknown-tag",
    message: `tag ${quote(text)} means nothing for this value`,
    hint: "remove the tag",
  };
  sink({ violation, path: [], at });
  return { kind: "broken", at: node.at, weight: 1 };
};

const composeScalar = (
  event: ScalarEvent,
  previousEnd: number,
  { source }: ComposeContext,
): YamlNode => {
  const text = event.valueStart < 0 ? "" : getScalarValue(source.text, event);
  return {
    kind: "scalar",
    at: scalarMark(source, event, previousEnd),
    weight: 1 + text.length,
    text,
    plain: event.style === SCALAR_STYLE.PLAIN,
  };
};

const composeCollection = (
  frame: Frame,
  previousEnd: number,
  context: ComposeContext,
): YamlNode => {
  const at = collectionMark(context.source, frame, previousEnd);
  const weight = totalWeight(frame.children);
  return frame.event.type === EVENT_ID.SEQUENCE
    ? { kind: "sequence", at, weight, items: frame.children }
    : { kind: "mapping", at, weight, entries: pairEntries(frame.children, context) };
};

/** The root node of one document's events; undefined when there are none. Reports as it goes, never throws. */
export const composeDocument = (
  events: readonly Event[],
  context: ComposeContext,
): YamlNode | undefined => {
  const aliases: Aliases = { anchors: new Map(), weight: 0 };
  const frames: Frame[] = [];
  let root: YamlNode | undefined;
  let previousEnd = 0;

  const attach = (node: YamlNode): void => {
    const parent = frames.at(-1);
    if (parent === undefined) root = node;
    else parent.children.push(node);
    previousEnd = Math.max(previousEnd, node.at.end);
  };
  const complete = (bare: YamlNode, event: ScalarEvent | CollectionEvent): void => {
    const node = applyTag(bare, event, context);
    const anchor = anchorName(context.source.text, event);
    if (anchor !== undefined) aliases.anchors.set(anchor, node);
    attach(node);
  };

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        complete(composeScalar(event, previousEnd, context), event);
        break;
      case EVENT_ID.ALIAS:
        attach(composeAlias(event, aliases, context));
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const anchor = anchorName(context.source.text, event);
        if (anchor !== undefined) aliases.anchors.set(anchor, "open");
        frames.push({ event, children: [] });
        break;
      }
      case EVENT_ID.POP: {
        const frame = frames.pop();
        if (frame === undefined) break;
        complete(composeCollection(frame, previousEnd, context), frame.event);
        break;
      }
      case EVENT_ID.DOCUMENT:
        break;
    }
  }
  return root;
};
