import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { alignFiles } from "../../src/delta/align-files.ts";
import { elfSections } from "../../src/delta/elf-sections.ts";
import { shadowOf } from "../../src/delta/elf-shadow.ts";
import { shapeAlignments, shapedParts } from "../../src/delta/shape-alignments.ts";
import { ShapedStretch } from "../../src/delta/shaped-stretch.ts";
import { MOST_SHAPED_BYTES, recordBytes, SHAPES } from "../../src/delta/shapes.ts";
import { NO_FIELD, x86Field } from "../../src/delta/x86-fields.ts";
import { align, applyDelta, makeDelta } from "../../src/index.ts";
import { aLibrary, anObject } from "./programs.ts";
import { edited, imageOf, noise, sourceOf } from "./support.ts";

/** Functions that grew, by how many bytes. */
const GROWN = new Map([
  [20, 5],
  [150, 17],
  [300, 64],
]);

const deltaBetween = async (
  before: Uint8Array,
  now: Uint8Array,
  alignBy: typeof align,
): Promise<number> => {
  const [from, to] = [imageOf({ "/file": before }), imageOf({ "/file": now })];
  const delta = await makeDelta(from, to, { alignFiles: alignBy });
  const made: Buffer[] = [];
  await applyDelta({
    source: from.bytes,
    delta: sourceOf(delta),
    sink: {
      write: async (bytes) => {
        made.push(Buffer.from(bytes));
      },
    },
  });
  assert.ok(Buffer.concat(made).equals(to.whole));
  return delta.length;
};

/** The same bytes in a file that is no program. */
const disguised = (file: Uint8Array): Uint8Array => Uint8Array.from(file).fill(0, 0, 4);

describe("a delta of programs", function () {
  this.timeout(60_000);

  for (const [what, make, share] of [
    ["of a library whose functions moved", aLibrary, 0.6],
    ["of an object whose functions moved", anObject, 0.4],
  ] as const) {
    it(`${what} is much smaller than one of bytes that mean nothing`, async () => {
      const [before, now] = [make(new Map()), make(GROWN)];
      const size = await deltaBetween(before, now, alignFiles);
      const plain = await deltaBetween(disguised(before), disguised(now), align);
      assert.ok(size < plain * share, `${size} bytes, and ${plain} without`);
    });
  }

  it("makes the target of any two programs", async () => {
    const seeds = fc.integer({ min: 0, max: 1e6 });
    await fc.assert(
      fc.asyncProperty(seeds, seeds, fc.integer({ min: 0, max: 60 }), async (a, b, edits) => {
        const kinds = [aLibrary, anObject];
        const file = (kinds[a % 2] ?? aLibrary)(new Map([[a % 400, b % 50]]));
        await deltaBetween(
          edited(file, edits, a).subarray(0, 60_000),
          edited(file, edits, b).subarray(0, 50_000),
          alignFiles,
        );
      }),
      { numRuns: 15 },
    );
  });
});

describe("a shaped stretch", () => {
  it("is made as it should be by the corrections that it asked for, whatever the bytes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SHAPES),
        fc.uint8Array({ minLength: 64, maxLength: 700 }),
        fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 50 }),
        fc.integer({ min: 0, max: 2 ** 40 }),
        (shape, bytes, changes, shift) => {
          const length = bytes.length - (bytes.length % recordBytes(shape));
          const before = bytes.subarray(0, length);
          const now = Uint8Array.from(before);
          for (const [at, byte] of changes) if (at < length) now[at] = byte;
          const view = new DataView(now.buffer, now.byteOffset, now.byteLength);
          const places = { source: 123, target: 123 + shift };
          const [giving, taking] = [new ShapedStretch(), new ShapedStretch()];
          // Twice, so that the second goes by what was learnt of the first.
          for (let round = 0; round < 2; round++) {
            const made = new Uint8Array(length);
            giving.begin({ shape, before, made: new Uint8Array(length), ...places });
            taking.begin({ shape, before, made, ...places });
            while (!giving.isDone) {
              assert.equal(taking.isNumber, giving.isNumber);
              const correction = giving.correctionFor(view);
              giving.correct(correction);
              if (correction === 0) assert.equal(taking.takeGuesses(1), 1);
              else taking.correct(correction);
            }
            assert.ok(taking.isDone);
            assert.deepEqual(made, now);
          }
        },
      ),
    );
  });

  it("of any shape can be as long as the longest", () => {
    for (const shape of SHAPES) assert.equal(MOST_SHAPED_BYTES % recordBytes(shape), 0, shape);
  });

  it("guesses a number as it grew before, and as one near to it did", () => {
    const numbers = (...values: number[]): Uint8Array =>
      new Uint8Array(Int32Array.from(values).buffer);
    const before = numbers(5000, 90_000, 5000, 5001, 90_002);
    const now = numbers(5040, 90_700, 5040, 5041, 90_702);
    const stretch = new ShapedStretch();
    const made = new Uint8Array(before.length);
    stretch.begin({ shape: "numbers", before, source: 0, made, target: 0 });
    const view = new DataView(now.buffer);
    const corrections: number[] = [];
    while (!stretch.isDone) {
      corrections.push(stretch.correctionFor(view));
      stretch.correct(corrections.at(-1) ?? 0);
    }
    assert.deepEqual(made, now);
    assert.deepEqual(corrections.slice(0, 2), [40, 700]);
    assert.deepEqual(corrections.slice(2), [0, 0, 0]);
  });
});

describe("distances in x86 code", () => {
  const fields: readonly (readonly [string, string, number])[] = [
    ["a call", "e810000000", 1],
    ["a call backwards", "e8f0ffffff", 1],
    ["a jump", "e910000000", 1],
    ["a jump on a condition", "0f8410000000", 2],
    ["a load", "488b0510000000", 3],
    ["an indirect call", "ff1510000000", 2],
  ];
  for (const [name, code, at] of fields) {
    it(`are found in ${name}`, () => {
      const bytes = Buffer.from(code, "hex");
      const found = Array.from(bytes, (_, i) => i).filter((i) => x86Field(bytes, i) !== NO_FIELD);
      assert.deepEqual(found, [at]);
    });
  }

  for (const [name, code] of [
    ["too far to be one", "e810000001"],
    ["cut off", "e8100000"],
    ["a move between registers", "4889c700000000"],
  ] as const) {
    it(`are not found in what is ${name}`, () => {
      const bytes = Buffer.from(code, "hex");
      for (let i = 0; i < bytes.length; i++) assert.equal(x86Field(bytes, i), NO_FIELD);
    });
  }
});

describe("looking into ELF files", () => {
  const object = anObject(new Map());

  it("finds their sections, and which of them have a shape", () => {
    assert.deepEqual(
      elfSections(object).map(({ name }) => name),
      ["", ".text", ".rela.text", ".symtab", ".strtab", ".shstrtab"],
    );
    const shapes = (file: Uint8Array) => shapedParts(file).map(({ shape }) => shape);
    assert.deepEqual(shapes(object), ["relocations", "symbols"]);
    assert.deepEqual(shapes(aLibrary(new Map())), ["x86-code"]);
    assert.deepEqual(shapes(noise(5000, 1)), []);
  });

  it("never throws and keeps lengths and parts within the file, whatever is in it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(object.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.array(fc.tuple(fc.nat(511), fc.nat(255)), { maxLength: 20 }),
        fc.nat(object.length),
        (changes, atEnd, length) => {
          const file = Uint8Array.from(object);
          for (const [at, byte] of changes) file[at] = byte;
          // The headers of the sections stand at the end.
          for (const [at, byte] of atEnd) file[file.length - 1 - at] = byte;
          const cut = length % 3 === 0 ? file.subarray(0, length) : file;
          assert.equal(shadowOf(cut).length, cut.length);
          let end = 0;
          for (const part of shapedParts(cut)) {
            assert.ok(part.offset >= end && part.offset + part.size <= cut.length);
            end = part.offset + part.size;
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("cuts alignments at whole records, and leaves alone those of which the numbers stand elsewhere", () => {
    const parts = [{ shape: "relocations", offset: 100, size: 240 }] as const;
    const cut = (source: number, target: number, length: number) =>
      shapeAlignments([{ source, target, length }], parts).map(
        ({ target: at, length: bytes, shape }) => [at, bytes, shape],
      );
    assert.deepEqual(cut(50, 90, 300), [
      [90, 10, undefined],
      [100, 240, "relocations"],
      [340, 50, undefined],
    ]);
    assert.deepEqual(cut(110, 110, 100), [
      [110, 14, undefined],
      [124, 72, "relocations"],
      [196, 14, undefined],
    ]);
    assert.deepEqual(cut(91, 90, 300), [[90, 300, undefined]]);
    assert.deepEqual(cut(110, 110, 20), [[110, 20, undefined]]);
  });
});
