/**
 * Unit files as Ignition's own reader (go-systemd) understands them: it decides what a valid config is, and it is
 * stricter and odder than systemd, which skips what it does not understand.
 */

import { quote } from "../report/violation.ts";

/** The names of the sections in order, or why the text is no unit file and in which of its lines, from 1. */
export type UnitText =
  | { readonly sections: readonly string[] }
  | { readonly problem: string; readonly line: number };

/** systemd's own limit in bytes; a line of this length is one too long. */
const MAX_LINE_BYTES = 2048;

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

const isComment = (character: string): boolean => character === "#" || character === ";";

/** Reads on from `at`; `line` is without its end. */
interface Line {
  readonly line: string;
  readonly next: number;
  readonly isLast: boolean;
}

const readLine = (text: string, at: number): Line => {
  const end = text.indexOf("\n", at);
  return end < 0
    ? { line: text.slice(at), next: text.length, isLast: true }
    : { line: text.slice(at, end).replace(/\r$/, ""), next: end + 1, isLast: false };
};

const TOO_LONG = `line too long (max ${MAX_LINE_BYTES} bytes)`;
const isTooLong = (line: string): boolean =>
  line.length >= MAX_LINE_BYTES / 4 && byteLength(line) >= MAX_LINE_BYTES;

type Step = { readonly next: number } | { readonly problem: string };

/** A comment's lines, or a value's: all that end in a backslash and the one after them. */
const skipContinued = (text: string, start: number, stopAtBlank: boolean): Step => {
  let at = start;
  for (;;) {
    const { line, next, isLast } = readLine(text, at);
    if (isTooLong(line)) return { problem: TOO_LONG };
    const ends = !line.endsWith("\\") || (stopAtBlank && line.trim() === "");
    if (ends || isLast) return { next };
    at = next;
  }
};

const skipOption = (text: string, start: number): Step => {
  const equals = text.indexOf("=", start);
  const newline = text.slice(start, equals < 0 ? text.length : equals).search(/[\r\n]/);
  if (newline >= 0) {
    return { problem: "unexpected newline encountered while parsing option name" };
  }
  return equals < 0 ? { problem: "EOF" } : skipContinued(text, equals + 1, true);
};

/** The rest of the line after a section's name, which must be blank. */
const endSection = (text: string, start: number): Step => {
  const { line, next } = readLine(text, start);
  if (line.trim() === "") return { next };
  return { problem: `found garbage after section name: ${quote(line.trim())}` };
};

/** Reads a unit file. Takes time in proportion to its length. */
export const readUnitText = (text: string): UnitText => {
  const sections: string[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? "";
    let step: Step;
    if (character === "[") {
      const close = text.indexOf("]", at);
      step = close < 0 ? { problem: "unable to find end of section" } : endSection(text, close + 1);
      sections.push(text.slice(at + 1, close));
    } else if (isComment(character)) {
      step = skipContinued(text, at, false);
    } else if (sections.length === 0 || /\s/.test(character)) {
      // Whatever stands before the first section is not looked at.
      step = { next: at + 1 };
    } else {
      step = skipOption(text, at);
    }
    if ("problem" in step) return { ...step, line: text.slice(0, at).split("\n").length };
    at = step.next;
  }
  return { sections };
};
