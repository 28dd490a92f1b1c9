import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { neededFrames } from "../../src/plan/choose-frames.ts";
import { ExtentSet } from "../../src/plan/extent-set.ts";
import type { Extent, Frame } from "../../src/index.ts";
import { makeFullPlan, makePlan, readFrameTable, TransportError } from "../../src/index.ts";
import { imageOf, noise, sourceOf } from "../delta/support.ts";
import { assertSame, leavesOf, type LocalSeed, publish, receive } from "./support.ts";

const seedOf = async (image: ReturnType<typeof imageOf>): Promise<LocalSeed> => {
  const { index } = await publish(image);
  return { index, bytes: image.whole, leaves: leavesOf(image.whole) };
};

/** A file of many blocks, some of which are others. */
const fileWith = (changes: readonly number[]): Uint8Array => {
  const whole = noise(400 * 4096, 7, 64);
  for (const block of changes) whole.set(noise(4096, 1000 + block), block * 4096);
  return whole;
};

const startOf = (image: ReturnType<typeof imageOf>, path: string): number =>
  image.files.find((file) => file.path === path)?.extents[0]?.offset ?? 0;

describe("a plan for a file that changed in places", function () {
  this.timeout(60_000);
  const before = imageOf({ "/large": fileWith([]), "/other": noise(10_000, 2) });
  const target = imageOf({
    "/new": noise(9000, 3),
    "/large": fileWith([10, 300]),
    "/other": noise(10_000, 2),
  });

  it("fetches the frames with the changed blocks, and copies the others in long runs", async () => {
    const { bytes, plans, fetched } = await receive(await publish(target), [await seedOf(before)]);
    assertSame(bytes, target.whole);
    const [plan] = plans;
    assert.ok(plan !== undefined && plans.length === 1);
    // The superblock with the new file, and the frames of two blocks.
    assert.equal(plan.fetches.length, 3);
    assert.ok(fetched < 4 * 65_536, `${fetched} bytes`);
    const copies = plan.operations.filter(({ kind }) => kind === "copy");
    assert.equal(
      copies.length,
      5,
      "three runs, one of which is longer than a copy may be, and the other file",
    );
    assert.ok(copies.every(({ length }) => length <= 2 ** 20));
  });

  it("fetches but the frame whose block was not what the seed promised", async () => {
    const seed = await seedOf(before);
    const bytes = Uint8Array.from(seed.bytes);
    const at = startOf(before, "/large") + 200 * 4096 + 17;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const made = await receive(await publish(target), [{ ...seed, bytes }]);
    assertSame(made.bytes, target.whole);
    assert.equal(made.plans.length, 2);
    // All of the run that failed is fetched, and nothing else.
    const again = made.plans[1]?.fetches.flatMap(({ frames }) => frames) ?? [];
    const start = startOf(target, "/large");
    assert.ok(
      again.some(
        ({ offset, length }) =>
          offset <= start + 200 * 4096 && offset + length > start + 200 * 4096,
      ),
    );
    assert.ok(again.every(({ offset }) => offset >= start && offset < start + 301 * 4096));
  });

  it("fetches a whole file that was not what the seed promised", async () => {
    const seed = await seedOf(before);
    const bytes = Uint8Array.from(seed.bytes);
    bytes.fill(0x55, startOf(before, "/other"), startOf(before, "/other") + 5);
    const made = await receive(await publish(target), [{ ...seed, bytes }]);
    assertSame(made.bytes, target.whole);
    const again = made.plans[1]?.fetches
      .flatMap(({ frames }) => frames)
      .map(({ offset }) => offset);
    assert.deepEqual(again, [startOf(target, "/other")]);
  });

  it("needs neither leaf hashes nor hash trees, but then fetches the whole file", async () => {
    const { leaves: _, ...seed } = await seedOf(before);
    const { bytes, fetched } = await receive(await publish(target), [seed]);
    assertSame(bytes, target.whole);
    assert.ok(fetched > 400 * 4096 * 0.7);
  });

  it("takes no hash tree of another salt or size for its own", async () => {
    const other = await publish(before, { salt: "77".repeat(32) });
    const tree = leavesOf(before.whole, "77".repeat(32));
    const seed = { index: other.index, bytes: before.whole, leaves: tree };
    const { bytes, plans } = await receive(await publish(target), [seed]);
    assertSame(bytes, target.whole);
    assert.equal(plans.length, 1);
    const short = { ...(await seedOf(before)), leaves: sourceOf(new Uint8Array(45)) };
    assert.equal((await receive(await publish(target), [short])).plans.length, 1);
  });

  it("keeps what the target has in its place, and copies nothing from there", async () => {
    const changed = imageOf({ "/large": fileWith([10, 300]), "/other": noise(10_000, 2) });
    const seed = { ...(await seedOf(before)), isTarget: true };
    const bytes = Uint8Array.from(before.whole);
    const made = await receive(await publish(changed), [seed], { bytes });
    assertSame(made.bytes, changed.whole);
    const { kept = 0, copied } = made.plans[0]?.bytes ?? {};
    assert.ok(kept > 360 * 4096, `${kept} bytes`);
    assert.equal(copied, 0);
    const moved = await receive(await publish(target), [seed], {
      bytes: new Uint8Array(target.whole.length),
    });
    assertSame(moved.bytes, target.whole);
  });

  it("fetches nothing where all is done, and does not fetch what is done for its neighbours' sake", async () => {
    const { file, index } = await publish(target);
    const table = await readFrameTable(sourceOf(file));
    const all = [{ offset: 0, length: index.imageSize }];
    const nothing = await makePlan({ index, table, seeds: [], done: all });
    assert.deepEqual([nothing.operations, nothing.fetches], [[], []]);
    assert.deepEqual(makeFullPlan(table, all).fetches, []);
    // They are so small that they would come along, were they not done.
    const many = imageOf(
      Object.fromEntries(
        Array.from({ length: 60 }, (_, i) => [`/f${i}`, new Uint8Array(60_000).fill(i + 1)]),
      ),
    );
    const published = await publish(many);
    const small = await readFrameTable(sourceOf(published.file));
    const done = small.frames.filter((_, i) => i % 2 === 1);
    const { fetches } = makeFullPlan(small, done);
    const fetched = fetches.flatMap(({ frames }) => frames);
    assert.deepEqual(
      fetched,
      small.frames.filter((_, i) => i % 2 === 0),
    );
  });

  it("does not write over what is done when it finds another seed", async () => {
    const { leaves: _, ...seed } = await seedOf(before);
    const published = await publish(before);
    const done = [{ offset: startOf(before, "/large"), length: 65_536 }];
    const lying = Uint8Array.from(seed.bytes);
    lying.fill(0x33, done[0]?.offset, (done[0]?.offset ?? 0) + 9);
    const bytes = new Uint8Array(before.whole.length);
    bytes.set(before.whole.subarray(0, 100_000));
    const made = await receive(published, [{ ...seed, bytes: lying }], { bytes, done });
    assertSame(made.bytes, before.whole);
  });

  it("fetches all from nothing in long requests", async () => {
    const { file } = await publish(imageOf({ "/noise": noise(9_000_000, 5) }));
    const table = await readFrameTable(sourceOf(file));
    const { fetches, bytes } = makeFullPlan(table);
    assert.equal(bytes.fetched, table.leavesOffset);
    assert.deepEqual(
      fetches.map(({ length }) => length <= 4 * 2 ** 20),
      [true, true, true],
    );
  });

  it("is refused for frames of another image", async () => {
    const { index } = await publish(target);
    const other = await readFrameTable(sourceOf((await publish(before)).file));
    await assert.rejects(
      makePlan({ index, table: other, seeds: [] }),
      (error) => error instanceof TransportError && error.code === "TRANSPORT_MISMATCH",
    );
  });
});

describe("frames that are cut through a file", () => {
  const frames = Array.from({ length: 6 }, (_, i): Frame => {
    const place = { offset: i * 100, packedOffset: i * 50 };
    return { ...place, length: 100, packedLength: 50, check: 0 };
  });
  const needed = (missing: readonly Extent[], copied: readonly Extent[]): string =>
    neededFrames(frames, missing, copied).join("");

  it("are fetched all or none, so that no file is half copied and half fetched", () => {
    const missing = [{ offset: 10, length: 5 }];
    assert.equal(needed(missing, []), "100000");
    assert.equal(needed(missing, [{ offset: 50, length: 30 }]), "100000");
    assert.equal(needed(missing, [{ offset: 50, length: 100 }]), "110000");
    const chain = [
      { offset: 50, length: 100 },
      { offset: 150, length: 200 },
      { offset: 450, length: 50 },
    ];
    assert.equal(needed(missing, chain), "111100");
    assert.equal(needed([{ offset: 320, length: 1 }], chain), "111100");
    assert.equal(needed([{ offset: 430, length: 1 }], chain), "000010");
  });
});

describe("a set of extents", () => {
  it("knows what it has all of and some of", () => {
    const set = new ExtentSet([
      { offset: 50, length: 10 },
      { offset: 10, length: 5 },
      { offset: 15, length: 5 },
    ]);
    const at = (offset: number, length: number): string =>
      `${set.hasAllOf({ offset, length })}/${set.hasSomeOf({ offset, length })}`;
    assert.equal(set.bytes, 20);
    assert.deepEqual(
      [
        at(10, 10),
        at(12, 3),
        at(9, 2),
        at(19, 2),
        at(20, 30),
        at(0, 100),
        at(59, 1),
        at(60, 5),
        at(0, 10),
      ],
      [
        "true/true",
        "true/true",
        "false/true",
        "false/true",
        "false/false",
        "false/true",
        "true/true",
        "false/false",
        "false/false",
      ],
    );
  });
});
