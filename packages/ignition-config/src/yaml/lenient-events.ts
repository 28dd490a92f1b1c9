/**
 * js-yaml's events for texts that yaml.v3 reads and YAML's grammar does not quite allow: within brackets, yaml.v3 does not
 * mind how far a line is indented, nor tabs between values. A closing bracket under the key it belongs to is common.
 */
import { type Event, parseEvents, YAMLException } from "js-yaml";

/** Characters that all attempts at one text may cost together. */
const MAX_REREAD = 16 * 1024 * 1024;

const isWithinQuotes = (text: string, at: number, maxDepth: number): boolean => {
  try {
    parseEvents(text.slice(0, at), { maxDepth });
    return false;
  } catch (cause) {
    return cause instanceof YAMLException && cause.reason.includes("quoted scalar");
  }
};

const isBlank = (character: string | undefined): boolean =>
  character !== undefined && /[ \t\r\n]/.test(character);

/** The end of the blanks to blame: those before the place itself, else the line's last tab. */
const blanksEnd = (text: string, at: number): number => {
  if (isBlank(text[at - 1])) return at;
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  return lineStart + text.slice(lineStart, at).lastIndexOf("\t") + 1;
};

/**
 * The text with the blanks and line breaks that js-yaml complains of at `at` made spaces, so that offsets stay: between values
 * they mean the same, and in quotes a single line break does. Undefined where that would change the meaning.
 */
const flatten = (text: string, at: number, maxDepth: number): string | undefined => {
  const end = blanksEnd(text, at);
  let start = end;
  while (start > 0 && isBlank(text[start - 1])) start -= 1;
  if (start === end) return undefined;
  if (isWithinQuotes(text, start, maxDepth)) {
    if (end - start > 1 || text[start - 1] === "\\") return undefined;
  } else if (text.slice(start, end).includes("\n")) {
    // A comment would swallow what is moved behind it.
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    if (text.slice(lineStart, start).includes("#")) return undefined;
  }
  return text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
};

/** The text without a comment that follows a closing bracket or quote at once, where YAML asks for a blank. */
const withoutComment = (text: string, at: number): string | undefined => {
  if (text[at] !== "#" || !/["'\]},[{]/.test(text[at - 1] ?? "")) return undefined;
  const lineEnd = text.slice(at).search(/[\r\n]|$/) + at;
  return text.slice(0, at) + " ".repeat(lineEnd - at) + text.slice(lineEnd);
};

/** A text that means the same to yaml.v3 and does not have the fault; undefined where there is none. */
const repair = (text: string, fault: unknown, maxDepth: number): string | undefined => {
  const at = fault instanceof YAMLException ? fault.mark?.position : undefined;
  if (!(fault instanceof YAMLException) || at === undefined) return undefined;
  return fault.reason === "deficient indentation"
    ? flatten(text, at, maxDepth)
    : withoutComment(text, at);
};

/** Events, and the text that the values of scalars are to be taken from. */
export interface LenientEvents {
  readonly events: readonly Event[];
  readonly text: string;
}

/** Throws what `parseEvents` throws, about the text as it was. */
export const parseLeniently = (text: string, maxDepth: number): LenientEvents => {
  let attempt = text;
  let budget = MAX_REREAD;
  let first: unknown;
  while (budget > 0) {
    try {
      return { events: parseEvents(attempt, { maxDepth }), text: attempt };
    } catch (cause) {
      first ??= cause;
      const next = repair(attempt, cause, maxDepth);
      if (next === undefined) break;
      attempt = next;
      budget -= 2 * text.length + 1;
    }
  }
  throw first;
};
