import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openReadOnly, type ReadOnlyDevice } from "@slipway/host";
import { after, before, describe, it } from "mocha";
import { readRoot } from "../../src/verdict/read-root.ts";

const SIZE = 5 * 2 ** 20 + 3 * 4096;

describe("reading the root", () => {
  let directory: string;
  let image: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "slipway-root-"));
    image = join(directory, "root.img");
    await writeFile(image, Buffer.alloc(SIZE, 7));
    await writeFile(join(directory, "empty"), "");
  });
  after(() => rm(directory, { recursive: true }));

  const signal = new AbortController().signal;

  /** The real file, but for what happens before a piece is read. */
  const opening =
    (before: (offset: number, length: number) => void, disposed: string[] = []) =>
    async (): Promise<ReadOnlyDevice> => {
      const device = await openReadOnly(image);
      return {
        ...device,
        readBack: async (target, offset) => {
          before(offset, target.length);
          await device.readBack(target, offset);
        },
        [Symbol.asyncDispose]: async () => {
          disposed.push("closed");
          await device[Symbol.asyncDispose]();
        },
      };
    };

  it("reads each byte once, in order and in pieces of a mebibyte", async () => {
    const pieces: (readonly [number, number])[] = [];
    const disposed: string[] = [];
    const read = await readRoot(
      opening((...piece) => pieces.push(piece), disposed),
      signal,
    );
    assert.deepEqual(read, { kind: "whole", bytes: SIZE });
    let end = 0;
    for (const [offset, length] of pieces) {
      assert.equal(offset, end);
      assert.ok(length <= 2 ** 20);
      end += length;
    }
    assert.equal(end, SIZE);
    assert.deepEqual(disposed, ["closed"]);
  });

  it("stops at the first block that cannot be read, wherever it is", async () => {
    for (const bad of [0, 2 ** 20 + 1, SIZE - 1]) {
      const disposed: string[] = [];
      const broken = (offset: number, length: number): void => {
        if (bad >= offset && bad < offset + length) throw new Error(`EIO at ${offset}`);
      };
      assert.deepEqual(await readRoot(opening(broken, disposed), signal), {
        kind: "damaged",
        reason: `EIO at ${Math.floor(bad / 2 ** 20) * 2 ** 20}`,
      });
      assert.deepEqual(disposed, ["closed"]);
    }
  });

  it("takes a device that is not there, or empty, for damage", async () => {
    const gone = await readRoot(() => openReadOnly(join(directory, "gone")), signal);
    assert.ok(gone.kind === "damaged" && gone.reason.includes("cannot be opened"));
    const empty = await readRoot(() => openReadOnly(join(directory, "empty")), signal);
    assert.ok(empty.kind === "damaged" && empty.reason.endsWith("is empty"));
  });

  it("ends between two pieces when it is told to", async () => {
    const ending = new AbortController();
    const pieces: number[] = [];
    const read = await readRoot(
      opening((offset) => {
        pieces.push(offset);
        if (offset > 0) ending.abort();
      }),
      ending.signal,
    );
    assert.deepEqual(read, { kind: "ended" });
    assert.equal(pieces.length, 2);
  });
});
