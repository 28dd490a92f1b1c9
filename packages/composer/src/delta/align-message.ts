/** What the threads that align files are told, and what they answer. */
import type { Alignment } from "@slipway/release";

/** A pair of files to align. */
export interface AlignTask {
  readonly source: Uint8Array;
  readonly target: Uint8Array;
}

export const isAlignTask = (value: unknown): value is AlignTask =>
  typeof value === "object" &&
  value !== null &&
  "source" in value &&
  value.source instanceof Uint8Array &&
  "target" in value &&
  value.target instanceof Uint8Array;

const NUMBERS = 3;

/** Alignments as numbers in a row, which go from thread to thread without being copied. */
export const encodeAlignments = (alignments: readonly Alignment[]): Uint32Array<ArrayBuffer> => {
  const numbers = new Uint32Array(alignments.length * NUMBERS);
  for (const [i, { target, source, length }] of alignments.entries()) {
    numbers.set([target, source, length], i * NUMBERS);
  }
  return numbers;
};

export const decodeAlignments = (numbers: Uint32Array): readonly Alignment[] =>
  Array.from({ length: Math.floor(numbers.length / NUMBERS) }, (_, i) => ({
    target: numbers[i * NUMBERS] ?? 0,
    source: numbers[i * NUMBERS + 1] ?? 0,
    length: numbers[i * NUMBERS + 2] ?? 0,
  }));
