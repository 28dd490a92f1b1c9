import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { stepsOf } from "../../src/index.ts";
import { imageOf, noise } from "../delta/support.ts";
import { assertSame, leavesOf, type LocalSeed, publish, receive } from "./support.ts";

const block = (id: number): Uint8Array => (id === 0 ? new Uint8Array(4096) : noise(4096, id, 16));
const BLOCKS = Array.from({ length: 40 }, (_, id) => block(id));

/** A file is one of a few, in which some blocks are others: so releases have files in common, and blocks of those that differ. */
const file = fc.record({
  first: fc.nat({ max: 3 }),
  blocks: fc.constantFrom(0, 1, 2, 17, 40),
  rest: fc.constantFrom(0, 0, 1, 4095),
  changes: fc.array(fc.tuple(fc.nat({ max: 39 }), fc.nat({ max: 39 })), { maxLength: 3 }),
});
const NAMES = ["/a", "/b", "/c", "/usr/lib/modules/6.1/x.ko", "/usr/lib/modules/6.1/y.ko", "/z"];
const release = fc.dictionary(fc.constantFrom(...NAMES), file, { maxKeys: NAMES.length });
type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

const contentOf = ({ first, blocks, rest, changes }: File): Uint8Array => {
  const ids = Array.from({ length: blocks + 1 }, (_, i) => (first * 11 + i * 3) % BLOCKS.length);
  for (const [at, id] of changes) if (at < blocks) ids[at] = id;
  const whole = Buffer.concat(ids.map((id) => BLOCKS[id] ?? new Uint8Array(0)));
  return whole.subarray(0, blocks * 4096 + rest);
};

const built = (files: Readonly<Record<string, File>>): ReturnType<typeof imageOf> =>
  imageOf(Object.fromEntries(Object.entries(files).map(([name, one]) => [name, contentOf(one)])));

const seedOf = async (
  files: Readonly<Record<string, File>>,
  withLeaves: boolean,
): Promise<LocalSeed> => {
  const image = built(files);
  const { index } = await publish(image);
  const seed = { index, bytes: image.whole };
  return withLeaves ? { ...seed, leaves: leavesOf(image.whole) } : seed;
};

describe("a plan", () => {
  it("makes the target of whatever seeds there are", async () => {
    await fc.assert(
      fc.asyncProperty(
        release,
        fc.array(fc.tuple(release, fc.boolean()), { maxLength: 2 }),
        async (files, others) => {
          const target = built(files);
          const seeds = await Promise.all(others.map(async ([one, leaves]) => seedOf(one, leaves)));
          const published = await publish(target);
          const { bytes, plans, fetched } = await receive(published, seeds);
          assertSame(bytes, target.whole);
          assert.equal(plans.length, 1, "honest seeds need one plan");
          assert.ok(fetched <= published.file.length);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("makes the target when seeds lie, and finds out each lie", async () => {
    const flips = fc.array(fc.nat({ max: 1e6 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(release, release, flips, async (files, other, places) => {
        const target = built(files);
        const seed = await seedOf(other, true);
        const bytes = Uint8Array.from(seed.bytes);
        for (const place of places) {
          const at = place % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ 1;
        }
        const made = await receive(await publish(target), [{ ...seed, bytes }]);
        assertSame(made.bytes, target.whole);
      }),
      { numRuns: 30 },
    );
  });

  it("goes on where it was stopped, and fetches nothing twice", async () => {
    await fc.assert(
      fc.asyncProperty(
        release,
        release,
        fc.array(fc.boolean(), { minLength: 1 }),
        async (files, other, isDone) => {
          const target = built(files);
          const published = await publish(target);
          const seed = await seedOf(other, true);
          const whole = await receive(published, [seed]);
          const bytes = new Uint8Array(target.whole.length);
          const steps = stepsOf(whole.plans[0] ?? { operations: [], fetches: [] });
          const done = steps
            .filter((_, i) => isDone[i % Math.max(1, isDone.length)] === true)
            .map(({ target, length }) => ({ offset: target, length }));
          for (const { offset, length } of done) {
            bytes.set(target.whole.subarray(offset, offset + length), offset);
          }
          const rest = await receive(published, [seed], { bytes, done });
          assertSame(rest.bytes, target.whole);
          const again = rest.plans[0]?.fetches.flatMap(({ frames }) => frames) ?? [];
          for (const frame of again.filter(({ packedLength }) => packedLength > 0)) {
            assert.ok(!done.some(({ offset }) => offset === frame.offset), "fetches a frame again");
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("leaves alone what the target has in its place, and replaces what it only seems to have", async () => {
    await fc.assert(
      fc.asyncProperty(release, release, fc.nat({ max: 1e6 }), async (files, other, place) => {
        const target = built(files);
        const old = await seedOf(other, true);
        const bytes = new Uint8Array(target.whole.length);
        bytes.set(old.bytes.subarray(0, bytes.length));
        bytes[place % bytes.length] = 0x77;
        const { bytes: made, plans } = await receive(
          await publish(target),
          [{ ...old, isTarget: true }],
          { bytes },
        );
        assertSame(made, target.whole);
        assert.equal(plans[0]?.bytes.copied, 0, "copies from what it overwrites");
      }),
      { numRuns: 30 },
    );
  });
});
