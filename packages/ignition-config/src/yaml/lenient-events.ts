/**
 * js-yaml's events for texts that yaml.v3 reads and YAML's grammar does not quite allow: within brackets, yaml.v3 does not
 * mind how far a line is indented, nor tabs between values. A closing bracket under the key it belongs to is common.
 */
import { type Event, parseEvents, YAMLException } from "js-yaml";

/** Characters that all attempts at one text may cost together. */
const MAX_REREAD = 64 * 1024 * 1024;

const isWithinQuotes = (text: string, at: number, maxDepth: number): boolean => {
  try {
    parseEvents(text.slice(0, at), { maxDepth });
    return false;
  } catch (cause) {
    return cause instanceof YAMLException && cause.reason.includes("quoted scalar");
  }
};

/**
 * The text with the blanks and line breaks before `at` made spaces, so that offsets stay: between values they mean the same.
 * Undefined where that would change the meaning.
 */
const flatten = (text: string, at: number): string | undefined => {
  let start = at;
  while (start > 0 && /[ \t\r\n]/.test(text[start - 1] ?? "")) start -= 1;
  const lineStart = text.lastIndexOf("\n", start) + 1;
  // A comment would swallow what is moved behind it.
  if (start === at || text.slice(lineStart, start).includes("#")) return undefined;
  return text.slice(0, start) + " ".repeat(at - start) + text.slice(at);
};

/** Throws what `parseEvents` throws, about the text as it was. */
export const parseLeniently = (text: string, maxDepth: number): Event[] => {
  let attempt = text;
  let budget = MAX_REREAD;
  let first: unknown;
  while (budget > 0) {
    try {
      return parseEvents(attempt, { maxDepth });
    } catch (cause) {
      first ??= cause;
      const isIndentation =
        cause instanceof YAMLException && cause.reason === "deficient indentation";
      const at = isIndentation ? cause.mark?.position : undefined;
      if (at === undefined || isWithinQuotes(attempt, at, maxDepth)) break;
      const next = flatten(attempt, at);
      if (next === undefined) break;
      attempt = next;
      budget -= 2 * text.length + 1;
    }
  }
  throw first;
};
