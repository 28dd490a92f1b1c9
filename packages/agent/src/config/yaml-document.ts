/**
 * One YAML file of settings as nodes that know their line. The grammar is js-yaml's; here it is bounded, and aliases, tags and
 * second documents are refused: settings need none, and each is a way to make a small file mean something large or strange.
 */
import {
  type Event,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";
import { type Finding, findingAt } from "./finding.ts";

const MAX_EVENTS = 4000;
const MAX_DEPTH = 8;

interface Place {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface ScalarNode extends Place {
  readonly kind: "scalar";
  readonly text: string;
  /** Written without quotes, so that it may be a number or nothing. */
  readonly isPlain: boolean;
}

export interface ListNode extends Place {
  readonly kind: "list";
  readonly items: readonly SettingNode[];
}

export interface MapNode extends Place {
  readonly kind: "map";
  readonly entries: readonly { readonly key: ScalarNode; readonly value: SettingNode }[];
}

export type SettingNode = ScalarNode | ListNode | MapNode;

/** The document of a file, or what is wrong with it. No document at all is an empty map. */
export type ParsedDocument =
  | { readonly ok: true; readonly root: SettingNode }
  | { readonly ok: false; readonly finding: Finding };

const EMPTY: MapNode = { kind: "map", entries: [], line: 1, column: 1 };

/** Thrown inside this file alone: composing is recursive, and stops at its first fault. */
class Fault extends Error {
  readonly at: number;
  readonly hint: string | undefined;

  constructor(message: string, at: number, hint?: string) {
    super(message);
    this.at = at;
    this.hint = hint;
  }
}

const placesOf = (text: string): ((offset: number) => Place) => {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
};

/** Takes the events of one document in their order, and makes nodes of them. */
const compose = (
  events: readonly Event[],
  text: string,
  place: (offset: number) => Place,
): SettingNode => {
  let next = 0;
  const take = (): Event => {
    const event = events[next];
    if (event === undefined) throw new Fault("the file ends too early", text.length);
    next += 1;
    return event;
  };
  const isClosed = (): boolean => events[next]?.type === EVENT_ID.POP;
  const scalar = (event: Event): ScalarNode => {
    if (event.type === EVENT_ID.SCALAR) {
      refuseDecoration(event);
      return {
        kind: "scalar",
        text: getScalarValue(text, event),
        isPlain: event.style === SCALAR_STYLE.PLAIN,
        ...place(Math.max(0, event.valueStart)),
      };
    }
    throw new Fault("a key is no text", "start" in event ? event.start : 0, "write `NAME: VALUE`");
  };
  const node = (): SettingNode => {
    const event = take();
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return scalar(event);
      case EVENT_ID.SEQUENCE: {
        refuseDecoration(event);
        const items: SettingNode[] = [];
        while (!isClosed()) items.push(node());
        take();
        return { kind: "list", items, ...place(event.start) };
      }
      case EVENT_ID.MAPPING: {
        refuseDecoration(event);
        const entries: { readonly key: ScalarNode; readonly value: SettingNode }[] = [];
        while (!isClosed()) {
          const key = scalar(take());
          entries.push({ key, value: node() });
        }
        take();
        return { kind: "map", entries, ...place(event.start) };
      }
      case EVENT_ID.ALIAS:
        throw new Fault("an alias stands here", event.anchorStart, "write the value out");
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
        throw new Fault("the file is no document", 0);
    }
  };
  return node();
};

const refuseDecoration = ({
  anchorStart,
  tagStart,
}: {
  readonly anchorStart: number;
  readonly tagStart: number;
}): void => {
  if (anchorStart >= 0) throw new Fault("an anchor stands here", anchorStart, "remove it");
  if (tagStart >= 0) throw new Fault("a tag stands here", tagStart, "remove it");
};

/** Never throws; takes time and memory in proportion to the text. */
export const parseDocument = (file: string, text: string): ParsedDocument => {
  const place = placesOf(text);
  const fault = (message: string, at: number, hint?: string): ParsedDocument => ({
    ok: false,
    finding: findingAt(file, place(Math.min(at, text.length)), {
      severity: "error",
      message,
      hint,
    }),
  });
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    if (events.length > MAX_EVENTS)
      return fault(`it has more than ${MAX_EVENTS} keys and values`, 0, "split it");
    const documents = events.filter(({ type }) => type === EVENT_ID.DOCUMENT).length;
    if (documents > 1)
      return fault("it has a second document", text.length, "make two files of it");
    const [, ...rest] = events;
    if (documents === 0 || rest[0]?.type === EVENT_ID.POP) return { ok: true, root: EMPTY };
    const root = compose(rest, text, place);
    const isNothing = root.kind === "scalar" && root.isPlain && root.text === "";
    return { ok: true, root: isNothing ? EMPTY : root };
  } catch (error) {
    if (error instanceof Fault) return fault(error.message, error.at, error.hint);
    // js-yaml asks for all exceptions to be caught, not only its own.
    if (error instanceof YAMLException) return fault(error.reason, error.mark?.position ?? 0);
    return fault(`the parser gave up: ${String(error)}`, 0);
  }
};
