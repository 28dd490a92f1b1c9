import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { flushPoints, readWriteLog } from "../../src/testing/write-log.ts";
import { sourceOf } from "../inspect/bytes.ts";

const SECTOR = 512;

const sector = (fill: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.alloc(SECTOR);
  fill(bytes);
  return bytes;
};

const superblock = (count: number): Buffer =>
  sector((bytes) => {
    bytes.write("rhswfsj\0", "latin1");
    bytes.writeBigUInt64LE(1n, 8);
    bytes.writeBigUInt64LE(BigInt(count), 16);
    bytes.writeUInt32LE(SECTOR, 24);
  });

const entry = (at: number, sectors: number, flags: number): Buffer =>
  sector((bytes) => {
    bytes.writeBigUInt64LE(BigInt(at), 0);
    bytes.writeBigUInt64LE(BigInt(sectors), 8);
    bytes.writeBigUInt64LE(BigInt(flags), 16);
  });

const data = (sectors: number): Buffer => Buffer.alloc(sectors * SECTOR, 7);

describe("a log of writes", () => {
  it("lists writes, discards and flushes, and where the data is", async () => {
    const log = Buffer.concat([
      superblock(4),
      ...[entry(8, 2, 0), data(2)],
      entry(0, 0, 1),
      entry(16, 100, 4),
      ...[entry(3, 1, 2), data(1)],
    ]);
    assert.deepEqual(await readWriteLog(sourceOf(log)), [
      { kind: "write", offset: 8 * SECTOR, length: 2 * SECTOR, dataOffset: 2 * SECTOR },
      { kind: "flush", offset: 0, length: 0, dataOffset: 5 * SECTOR },
      { kind: "discard", offset: 16 * SECTOR, length: 100 * SECTOR, dataOffset: 6 * SECTOR },
      { kind: "write", offset: 3 * SECTOR, length: SECTOR, dataOffset: 7 * SECTOR },
    ]);
  });

  it("is refused when it is something else, or cut off", async () => {
    await assert.rejects(readWriteLog(sourceOf(Buffer.alloc(1024))), { code: "NOT_THIS_FORMAT" });
    const cut = Buffer.concat([superblock(1), entry(8, 2, 0), data(1)]);
    await assert.rejects(readWriteLog(sourceOf(cut)), { code: "TRUNCATED" });
  });

  it("ends where an entry had only begun, and is refused where its reader lost its way in zeros", async () => {
    const lost = (count: number): Buffer =>
      Buffer.concat([superblock(count), entry(8, 1, 0), data(1), entry(0, 0, 0)]);
    const [first, ...more] = await readWriteLog(sourceOf(lost(2)));
    assert.deepEqual([first?.kind, more.length], ["write", 0]);
    await assert.rejects(readWriteLog(sourceOf(lost(1000))), {
      code: "OUT_OF_RANGE",
      message: /entry 1 of 1000 writes nothing and is no flush; before it was write of 512 bytes/,
    });
  });

  it("may be cut after each flush that made something durable", () => {
    const one = { offset: 0, length: 512, dataOffset: 0 };
    const write = { ...one, kind: "write" } as const;
    const flush = { ...one, length: 0, kind: "flush" } as const;
    assert.deepEqual(flushPoints([flush, write, write, flush, flush, write, flush, write]), [4, 7]);
  });
});
