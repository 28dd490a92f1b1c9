/** A place as Ignition counts: from 1, columns in bytes. */
export interface LineColumn {
  readonly line: number;
  readonly col: number;
}

/** Offsets to lines and columns. */
export type LineIndex = (offset: number) => LineColumn;

const NEWLINE = 0x0a;

/** Ignition never finds the place of an offset at or past the end. */
const NOWHERE: LineColumn = { line: 0, col: 0 };

/** Knows the lines of a text; each look-up takes time in the logarithm of their number. */
export const indexLines = (bytes: Uint8Array): LineIndex => {
  const starts = [0];
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    starts.push(at + 1);
  }
  return (offset) => {
    if (offset >= bytes.length) return NOWHERE;
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, col: offset - (starts[low] ?? 0) + 1 };
  };
};
