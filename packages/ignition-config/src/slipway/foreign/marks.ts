/** Places that others give as lines and columns, as spans of our text. */
import { type Mark, offsetAtByte, positionAt, type SourceText } from "../../text/source-text.ts";
import type { YamlNode } from "../../yaml/yaml-node.ts";

/** Finds the span of the value that begins at a place. */
export interface MarkFinder {
  /** The document as a whole. */
  readonly start: Mark;
  /** Where the text ends. */
  readonly end: Mark;
  /** By the offset in bytes. */
  readonly at: (byte: number) => Mark;
  /** Columns in bytes, as Ignition counts. */
  readonly atByte: (line: number, column: number) => Mark;
  /** Columns in characters, as Butane counts. */
  readonly atCharacter: (line: number, column: number) => Mark;
}

/** Where keys and scalars end, by where they begin. */
const endsOf = (root: YamlNode | undefined): ReadonlyMap<number, number> => {
  const ends = new Map<number, number>();
  const waiting: YamlNode[] = root === undefined ? [] : [root];
  // Aliases share their nodes: each is looked at once.
  const seen = new Set<YamlNode>();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === "scalar") ends.set(node.at.start, node.at.end);
    if (node.kind === "sequence") for (const item of node.items) waiting.push(item);
    if (node.kind === "mapping") {
      for (const { key, value } of node.entries) {
        ends.set(key.at.start, key.at.end);
        waiting.push(value);
      }
    }
  }
  return ends;
};

/** Characters outside the basic plane are two units and one column. */
const offsetAtCharacter = (source: SourceText, start: number, column: number): number => {
  let at = start;
  for (let left = column - 1; left > 0 && at < source.text.length; left -= 1) {
    at += (source.text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
};

export const markFinder = (source: SourceText, root: YamlNode | undefined): MarkFinder => {
  const ends = endsOf(root);
  const hasPairs = /[\ud800-\udbff]/.test(source.text);
  const spanAt = (start: number): Mark => ({
    source,
    start,
    end: ends.get(start) ?? Math.min(start + 1, source.text.length),
  });
  const lineStart = (line: number): number =>
    source.lineStarts[line - 1] ?? source.lineStarts.at(-1) ?? 0;
  const byteOf = (offset: number): number =>
    positionAt(source, offset).offset - source.skippedBytes;
  return {
    start: { source, start: 0, end: 0 },
    end: { source, start: source.text.length, end: source.text.length },
    at: (byte) => spanAt(offsetAtByte(source, byte)),
    atByte: (line, column) => spanAt(offsetAtByte(source, byteOf(lineStart(line)) + column - 1)),
    atCharacter: (line, column) => {
      const start = lineStart(line);
      return spanAt(hasPairs ? offsetAtCharacter(source, start, column) : start + column - 1);
    },
  };
};
