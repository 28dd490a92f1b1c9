/** Text from programs and people, made fit for a line of the ledger. */
import type { Evidence } from "./entry.ts";

const MOST_REASON = 400;
const MOST_LINES = 40;
const MOST_LINE = 400;
const MOST_EVIDENCE = 8000;

// eslint-disable-next-line no-control-regex -- these are what is replaced
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/** One line of at most `most` characters, without anything that canonical JSON or a terminal objects to. */
export const plainLine = (text: string, most: number = MOST_REASON): string =>
  // Cutting may leave half a character.
  cut(text.replaceAll(CONTROL, " ").trim(), most).toWellFormed();

/** The last lines are what matters: a program's last words. */
export const plainEvidence = ({ source, lines }: Evidence): Evidence => {
  const kept: string[] = [];
  let room = MOST_EVIDENCE;
  for (const line of lines.slice(-MOST_LINES).toReversed()) {
    const plain = plainLine(line, Math.min(MOST_LINE, room));
    if (plain === "") continue;
    room -= plain.length;
    if (room <= 1) break;
    kept.push(plain);
  }
  return { source, lines: kept.toReversed() };
};
