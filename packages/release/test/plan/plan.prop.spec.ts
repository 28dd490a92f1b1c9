import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import type { Extent } from "../../src/index.ts";
import { edited, imageOf, noise } from "../delta/support.ts";
import { leavesOf, type LocalSeed, publish, receive } from "./support.ts";

/** Files of a release: how long, of which content, how much edited. */
const file = fc.record({
  blocks: fc.nat({ max: 20 }),
  rest: fc.nat({ max: 4095 }),
  content: fc.nat({ max: 5 }),
  edits: fc.nat({ max: 3 }),
});
const NAMES = ["/a", "/b", "/c", "/usr/lib/modules/6.1/x.ko", "/usr/lib/modules/6.1/y.ko", "/z"];
const release = fc.dictionary(fc.constantFrom(...NAMES), file, { maxKeys: NAMES.length });
type Release = Readonly<
  Record<string, { blocks: number; rest: number; content: number; edits: number }>
>;

const built = (files: Release): ReturnType<typeof imageOf> =>
  imageOf(
    Object.fromEntries(
      Object.entries(files).map(([name, { blocks, rest, content, edits }]) => {
        const length = blocks * 4096 + rest;
        const bytes = content === 0 ? new Uint8Array(length) : noise(length, content);
        return [name, edited(bytes, edits, content)];
      }),
    ),
  );

const seedOf = async (files: Release, withLeaves: boolean): Promise<LocalSeed> => {
  const image = built(files);
  const { index } = await publish(image);
  const seed = { index, bytes: image.whole };
  return withLeaves ? { ...seed, leaves: leavesOf(image.whole) } : seed;
};

describe("a plan", function () {
  this.timeout(120_000);

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
          assert.ok(Buffer.compare(bytes, target.whole) === 0, "makes something else");
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
        assert.ok(Buffer.compare(made.bytes, target.whole) === 0, "makes something else");
      }),
      { numRuns: 30 },
    );
  });

  it("goes on where it was stopped, and fetches nothing twice", async () => {
    await fc.assert(
      fc.asyncProperty(release, release, fc.array(fc.boolean()), async (files, other, isDone) => {
        const target = built(files);
        const published = await publish(target);
        const seed = await seedOf(other, true);
        const whole = await receive(published, [seed]);
        const bytes = new Uint8Array(target.whole.length);
        const done: Extent[] = [];
        for (const [i, { frames }] of (whole.plans[0]?.fetches ?? []).entries()) {
          if (isDone[i] !== true) continue;
          for (const { offset, length } of frames) {
            bytes.set(target.whole.subarray(offset, offset + length), offset);
            done.push({ offset, length });
          }
        }
        const rest = await receive(published, [seed], { bytes, done });
        assert.ok(Buffer.compare(rest.bytes, target.whole) === 0, "makes something else");
        const again = rest.plans[0]?.fetches.flatMap(({ frames }) => frames) ?? [];
        for (const frame of again.filter(({ packedLength }) => packedLength > 0)) {
          assert.ok(!done.some(({ offset }) => offset === frame.offset), "fetches a frame again");
        }
      }),
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
        assert.ok(Buffer.compare(made, target.whole) === 0, "makes something else");
        assert.equal(plans[0]?.bytes.copied, 0, "copies from what it overwrites");
      }),
      { numRuns: 30 },
    );
  });
});
