import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import type { Alignment } from "../../src/delta/align.ts";
import { align } from "../../src/delta/align.ts";
import { edited, noise } from "./support.ts";

/** Fails unless the alignments are ordered, disjoint, and inside both files. */
const assertSound = (
  source: Uint8Array,
  target: Uint8Array,
  alignments: readonly Alignment[],
): void => {
  let end = 0;
  for (const { target: at, source: from, length } of alignments) {
    assert.ok(length > 0 && at >= end && at + length <= target.length, `at ${at}`);
    assert.ok(from >= 0 && from + length <= source.length, `from ${from}`);
    end = at + length;
  }
};

/** How many bytes of the target the alignments do not give: those that differ, and those that none covers. */
const missing = (
  source: Uint8Array,
  target: Uint8Array,
  alignments: readonly Alignment[],
): number => {
  let equal = 0;
  for (const { target: at, source: from, length } of alignments) {
    for (let i = 0; i < length; i++) if (target[at + i] === source[from + i]) equal++;
  }
  return target.length - equal;
};

describe("aligning two files", () => {
  it("gives stretches in order, disjoint and inside both files, whatever the bytes", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400, max: 2 }),
      fc.uint8Array({ maxLength: 400 }),
    );
    fc.assert(
      fc.property(bytes, bytes, (source, target) => {
        assertSound(source, target, align(source, target));
      }),
      { numRuns: 500 },
    );
  });

  it("finds again what edits left", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const source = noise(40_000, seed);
      const target = edited(source, seed, seed + 1000);
      const alignments = align(source, target);
      assertSound(source, target, alignments);
      // An edit changes at most 64 bytes, and hides a few more beside them.
      assert.ok(missing(source, target, alignments) <= seed * 80, `seed ${seed}`);
    }
  });

  it("keeps going through differences here and there, as in code whose addresses moved", () => {
    const source = noise(100_000, 7);
    const target = Uint8Array.from(source, (byte, i) => (i % 12 === 5 ? byte + 1 : byte));
    assert.deepEqual(align(source, target), [{ target: 0, source: 0, length: 100_000 }]);
  });

  it("makes one stretch of equal files, none of unlike or empty ones", () => {
    const bytes = noise(5000, 3);
    assert.deepEqual(align(bytes, bytes), [{ target: 0, source: 0, length: 5000 }]);
    assert.deepEqual(align(new Uint8Array(0), bytes), []);
    assert.deepEqual(align(bytes, new Uint8Array(0)), []);
    const unlike = noise(5000, 4);
    assert.ok(missing(bytes, unlike, align(bytes, unlike)) > 4900);
  });

  it("takes time in proportion to bytes that repeat themselves", () => {
    const size = 1024 * 1024;
    const zeros = new Uint8Array(size);
    const periodic = (period: number): Uint8Array =>
      Uint8Array.from({ length: size }, (_, i) => i % period);
    const dotted = Uint8Array.from({ length: size }, (_, i) => (i % 5000 === 0 ? i % 251 : 0));
    const pairs: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
      ["zeros", zeros, zeros.subarray(1)],
      ["zeros to dots", zeros, dotted],
      ["dots to zeros", dotted, zeros],
      ["dots shifted", dotted, dotted.subarray(777)],
      ["periods", periodic(7), periodic(7).subarray(3)],
      ["other periods", periodic(251), periodic(250)],
      ["zeros, then noise", zeros, noise(size, 9, 2)],
      ["two letters", noise(size, 10, 2), noise(size, 11, 2)],
    ];
    for (const [name, source, target] of pairs) {
      const start = performance.now();
      assertSound(source, target, align(source, target));
      const seconds = (performance.now() - start) / 1000;
      // The square of their number would be a day.
      assert.ok(seconds < 20, `${name}: ${seconds.toFixed(1)} s`);
    }
  }).timeout(200_000);
});
