/** What is in one file of the ledger, whatever happened to it. Pure. */
import { decodeLine, type Line, NO_LINE } from "./line.ts";

export interface LedgerFile {
  readonly lines: readonly Line[];
  /** Bytes up to the end of the last good line: what follows was never finished, and is cut off. */
  readonly end: number;
  /** What is wrong between the lines, for people. A torn end is no damage. */
  readonly damage: readonly string[];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const NEW_LINE = 0x0a;

const spansOf = (bytes: Uint8Array): readonly Span[] => {
  const spans: Span[] = [];
  for (let from = 0; from < bytes.length;) {
    const at = bytes.indexOf(NEW_LINE, from);
    if (at === -1) break;
    spans.push({ from, to: at });
    from = at + 1;
  }
  return spans;
};

/**
 * Reads line by line. Damaged lines are passed over, and so are lines whose number does not rise: a file that grows may show what was in that place of the
 * disk before, an older ledger perhaps.
 */
export const readLedgerFile = (name: string, bytes: Uint8Array): LedgerFile => {
  const lines: Line[] = [];
  const damage: string[] = [];
  let end = 0;
  let spoiltFrom: number | undefined;
  for (const { from, to } of spansOf(bytes)) {
    const line = decodeLine(bytes.subarray(from, to));
    const last = lines.at(-1);
    if (line === undefined || (last !== undefined && line.seq <= last.seq)) {
      spoiltFrom ??= from;
      continue;
    }
    if (spoiltFrom !== undefined)
      damage.push(`bytes ${spoiltFrom} to ${from - 1} of ${name} are spoilt`);
    spoiltFrom = undefined;
    const gap = gapBefore(line, last);
    if (gap !== undefined) damage.push(`${name}: ${gap}`);
    lines.push(line);
    end = to + 1;
  }
  return { lines, end, damage };
};

const gapBefore = (line: Line, last: Line | undefined): string | undefined => {
  if (last === undefined)
    return line.content?.kind === "carried" || line.before === NO_LINE
      ? undefined
      : `what comes before line ${line.seq} is missing`;
  if (line.seq !== last.seq + 1) return `lines ${last.seq + 1} to ${line.seq - 1} are missing`;
  return line.before === last.sum ? undefined : `line ${line.seq} does not follow line ${last.seq}`;
};
