import type { Position, Range } from "../report/finding.ts";

/** A decoded document that can say where in its bytes a character stands. */
export interface SourceText {
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  readonly sizeBytes: number;
  /** Bytes before `text`: 3 with a byte order mark, which editors do not show and columns do not count. */
  readonly skippedBytes: number;
  /** UTF-16 offsets at which lines begin. */
  readonly lineStarts: readonly number[];
  /**
   * Bytes before every `BLOCK`th UTF-16 unit, so that a position costs one block however long the line is;
   * undefined when every character is one byte.
   */
  readonly blockBytes: Uint32Array | undefined;
}

/** A span of a source text, as UTF-16 offsets, `end` exclusive. */
export interface Mark {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

/** The UTF-16 offset of a byte of `text`, 0-based, or of the character that it belongs to. */
export const offsetAtByte = ({ text, blockBytes }: SourceText, byte: number): number => {
  if (blockBytes === undefined) return Math.min(byte, text.length);
  let low = 0;
  let high = blockBytes.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((blockBytes[middle] ?? 0) <= byte) low = middle;
    else high = middle - 1;
  }
  let at = low * BLOCK;
  let bytes = blockBytes[low] ?? 0;
  for (; at < text.length; at += 1) {
    bytes += countBytes(text, at, at + 1);
    if (bytes > byte) break;
  }
  return at;
};

/** Where `part` stands within a mark; the whole mark where that cannot be told, as in an alias. */
export const markWithin = (mark: Mark, part: string): Mark => {
  const start = mark.source.text.slice(mark.start, mark.end).indexOf(part);
  return start < 0
    ? mark
    : { ...mark, start: mark.start + start, end: mark.start + start + part.length };
};

const BLOCK = 128;

/** UTF-8 bytes of `text` from `start` to `end`. Half a surrogate pair counts as half of its four bytes. */
const countBytes = (text: string, start: number, end: number): number => {
  let bytes = 0;
  for (let index = start; index < end; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
};

const findLineStarts = (text: string): number[] => {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
};

/** Indexes a decoded text; `skippedBytes` stood before it in the file. */
export const sourceText = (file: string, text: string, skippedBytes = 0): SourceText => {
  const total = countBytes(text, 0, text.length);
  const index = {
    file,
    text,
    sizeBytes: total + skippedBytes,
    skippedBytes,
    lineStarts: findLineStarts(text),
  };
  if (total === text.length) return { ...index, blockBytes: undefined };
  const blockBytes = new Uint32Array(Math.floor(text.length / BLOCK) + 1);
  for (let block = 1; block < blockBytes.length; block += 1) {
    const before = blockBytes[block - 1] ?? 0;
    blockBytes[block] = before + countBytes(text, (block - 1) * BLOCK, block * BLOCK);
  }
  return { ...index, blockBytes };
};

const bytesBefore = ({ text, blockBytes }: SourceText, offset: number): number => {
  if (blockBytes === undefined) return offset;
  const block = Math.floor(offset / BLOCK);
  return (blockBytes[block] ?? 0) + countBytes(text, block * BLOCK, offset);
};

/** The index of the last line that begins at or before `offset`. */
const lineIndexAt = (lineStarts: readonly number[], offset: number): number => {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** The position of a UTF-16 offset; offsets outside the text count as its nearest end. */
export const positionAt = (source: SourceText, offset: number): Position => {
  const at = Math.min(Math.max(offset, 0), source.text.length);
  const line = lineIndexAt(source.lineStarts, at);
  const bytes = bytesBefore(source, at);
  return {
    line: line + 1,
    column: bytes - bytesBefore(source, source.lineStarts[line] ?? 0) + 1,
    offset: bytes + source.skippedBytes,
  };
};

/** The range that a mark covers. */
export const rangeOf = ({ source, start, end }: Mark): Range => ({
  file: source.file,
  start: positionAt(source, start),
  end: positionAt(source, Math.max(start, end)),
});
