import type { Alignment } from "./align.ts";
import { ByteList } from "./byte-list.ts";
import type { ByteSource } from "./byte-source.ts";
import { Pages } from "./byte-source.ts";
import type { StreamName } from "./format.ts";
import { KINDS } from "./format.ts";

/**
 * So many equal bytes in a row within an alignment are copied; fewer are sent as differences of zero. Of 4, 8, 16 and 32
 * the least gives the smallest delta of a real upgrade (by 8 % against 32), and the shortest streams to compress.
 */
const COPY_FROM_BYTES = 4;

const PAGES_BYTES = 64 * 1024 * 1024;

/** The three streams that make `target` of `source`, where `alignments` of both images are in order of the target. */
export const encodeOperations = async (
  source: ByteSource,
  target: ByteSource,
  alignments: readonly Alignment[],
): Promise<Readonly<Record<StreamName, Uint8Array>>> => {
  const [sourcePages, targetPages] = [
    new Pages(source, PAGES_BYTES),
    new Pages(target, PAGES_BYTES),
  ];
  const encoder = new OperationEncoder();
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
      const now = targetPages.held(made) ?? (await targetPages.load(made));
      const before = sourcePages.held(made + shift) ?? (await sourcePages.load(made + shift));
      const length = Math.min(now.length, before.length, end - made);
      encoder.align(before.subarray(0, length), now.subarray(0, length));
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
    this.#operations.pushNumber((Math.abs(distance) * 2 + back) * 4 + KINDS.seek);
    this.#place = place;
  }

  /** Bytes of the target beside as many of the source, from the current place on. */
  align(before: Uint8Array, now: Uint8Array): void {
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

  finish(): Readonly<Record<StreamName, Uint8Array>> {
    this.#flush();
    return {
      operations: this.#operations.view(),
      differences: this.#differences.view(),
      insertions: this.#insertions.view(),
    };
  }

  #add(kind: number, length: number): void {
    if (length === 0) return;
    if (kind !== this.#kind) this.#flush();
    this.#kind = kind;
    this.#length += length;
  }

  #flush(): void {
    if (this.#length > 0) this.#operations.pushNumber(this.#length * 4 + this.#kind);
    this.#length = 0;
  }
}

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
