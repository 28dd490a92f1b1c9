import { ByteList } from "./byte-list.ts";
import type { ByteSource } from "./byte-source.ts";
import { Pages } from "./byte-source.ts";
import type { Streams } from "./format.ts";
import { KIND_UNIT, KINDS, SHAPE_UNIT } from "./format.ts";
import type { ShapedAlignment } from "./shape-alignments.ts";
import { ShapedStretch } from "./shaped-stretch.ts";
import type { Shape } from "./shapes.ts";
import { MOST_SHAPED_BYTES, recordBytes, SHAPES } from "./shapes.ts";

/**
 * So many equal bytes in a row within an alignment are copied; fewer are sent as differences of zero. Of 4, 8, 16 and 32
 * the least gives the smallest delta of a real upgrade (by 8 % against 32), and the shortest streams to compress.
 */
const COPY_FROM_BYTES = 4;

const PAGES_BYTES = 64 * 1024 * 1024;

/** The streams that make `target` of `source`, where `alignments` of both images are in order of the target. */
export const encodeOperations = async (
  source: ByteSource,
  target: ByteSource,
  alignments: readonly ShapedAlignment[],
): Promise<Streams<Uint8Array>> => {
  const [sourcePages, targetPages] = [
    new Pages(source, PAGES_BYTES),
    new Pages(target, PAGES_BYTES),
  ];
  const encoder = new OperationEncoder();
  const [before, now] = [new Uint8Array(MOST_SHAPED_BYTES), new Uint8Array(MOST_SHAPED_BYTES)];
  let made = 0;
  const insertUntil = async (end: number): Promise<void> => {
    while (made < end) {
      const page = targetPages.held(made) ?? (await targetPages.load(made));
      const fresh = page.subarray(0, end - made);
      encoder.insert(fresh);
      made += fresh.length;
    }
  };
  for (const alignment of alignments) {
    if (alignment.target > made) await insertUntil(alignment.target);
    encoder.seek(alignment.source);
    const end = alignment.target + alignment.length;
    const shift = alignment.source - alignment.target;
    while (made < end) {
      const length = Math.min(MOST_SHAPED_BYTES, end - made);
      const old = await sourcePages.readInto(before.subarray(0, length), made + shift);
      encoder.align(old, await targetPages.readInto(now.subarray(0, length), made), {
        shape: alignment.shape,
        target: made,
      });
      made += length;
    }
  }
  await insertUntil(target.size);
  return encoder.finish();
};

/** Writes operations, joining those of a kind that follow each other. */
class OperationEncoder {
  readonly #operations = new ByteList();
  readonly #differences = new ByteList();
  readonly #insertions = new ByteList();
  readonly #rightGuesses = new ByteList();
  readonly #corrections = new ByteList();
  readonly #stretch = new ShapedStretch();
  readonly #made = new Uint8Array(MOST_SHAPED_BYTES);
  /** Units guessed rightly since the last that was not. */
  #right = 0;
  #kind: number = KINDS.copy;
  #length = 0;
  /** Where in the source the operations written so far end. */
  #place = 0;

  insert(bytes: Uint8Array): void {
    this.#add(KINDS.insert, bytes.length);
    this.#insertions.append(bytes);
  }

  seek(place: number): void {
    if (place === this.#place) return;
    this.#flush();
    const distance = place - this.#place;
    const back = distance < 0 ? 1 : 0;
    this.#operations.pushNumber((Math.abs(distance) * 2 + back) * KIND_UNIT + KINDS.seek);
    this.#place = place;
  }

  /** Bytes of the target beside as many of the source, from the current place on. */
  align(
    before: Uint8Array,
    now: Uint8Array,
    { shape, target }: { readonly shape: Shape | undefined; readonly target: number },
  ): void {
    if (shape !== undefined && !equals(before, now)) {
      const whole = now.length - (now.length % recordBytes(shape));
      this.#shape(shape, before.subarray(0, whole), now.subarray(0, whole), target);
      this.#patch(before.subarray(whole), now.subarray(whole));
    } else {
      this.#patch(before, now);
    }
  }

  #shape(shape: Shape, before: Uint8Array, now: Uint8Array, target: number): void {
    if (now.length === 0) return;
    this.#flush();
    const value = now.length * SHAPE_UNIT + SHAPES.indexOf(shape);
    this.#operations.pushNumber(value * KIND_UNIT + KINDS.shaped);
    const [stretch, view] = [this.#stretch, new DataView(now.buffer, now.byteOffset, now.length)];
    const made = this.#made.subarray(0, now.length);
    stretch.begin({ shape, before, source: this.#place, made, target });
    while (!stretch.isDone) {
      const correction = stretch.correctionFor(view);
      if (correction === 0) {
        this.#right++;
      } else {
        this.#rightGuesses.pushNumber(this.#right);
        this.#right = 0;
        if (stretch.isNumber) this.#corrections.pushNumber(withSign(correction));
        else this.#differences.push(correction);
      }
      stretch.correct(correction);
    }
    this.#place += now.length;
  }

  #patch(before: Uint8Array, now: Uint8Array): void {
    this.#place += now.length;
    let at = 0;
    while (at < now.length) {
      const equal = equalBytes(before, now, at);
      if (equal >= COPY_FROM_BYTES || equal === now.length - at) {
        this.#add(KINDS.copy, equal);
        at += equal;
        continue;
      }
      const end = endOfDifferences(before, now, at + equal);
      this.#add(KINDS.add, end - at);
      for (; at < end; at++) this.#differences.push(((now[at] ?? 0) - (before[at] ?? 0)) & 0xff);
    }
  }

  finish(): Streams<Uint8Array> {
    this.#flush();
    if (this.#right > 0) this.#rightGuesses.pushNumber(this.#right);
    return {
      operations: this.#operations.view(),
      differences: this.#differences.view(),
      insertions: this.#insertions.view(),
      rightGuesses: this.#rightGuesses.view(),
      corrections: this.#corrections.view(),
    };
  }

  #add(kind: number, length: number): void {
    if (length === 0) return;
    if (kind !== this.#kind) this.#flush();
    this.#kind = kind;
    this.#length += length;
  }

  #flush(): void {
    if (this.#length > 0) this.#operations.pushNumber(this.#length * KIND_UNIT + this.#kind);
    this.#length = 0;
  }
}

const equals = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** A number whose lowest bit is its sign. */
const withSign = (number: number): number => (number < 0 ? -number * 2 - 1 : number * 2);

const equalBytes = (before: Uint8Array, now: Uint8Array, at: number): number => {
  let end = at;
  while (end < now.length && before[end] === now[end]) end++;
  return end - at;
};

/** The end of a stretch in which no copy is worth an operation of its own. */
const endOfDifferences = (before: Uint8Array, now: Uint8Array, from: number): number => {
  let [end, equal] = [from, 0];
  for (let i = from; i < now.length; i++) {
    equal = before[i] === now[i] ? equal + 1 : 0;
    if (equal === 0) end = i + 1;
    if (equal >= COPY_FROM_BYTES) break;
  }
  return end;
};
