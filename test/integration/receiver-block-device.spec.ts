/** Block devices of a real kernel: who may open them, what they say of themselves, and that reading back reads the disk. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { open } from "node:fs/promises";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { linuxHostReader } from "@slipway/agent";
import { linuxBlockDevices } from "@slipway/host";
import { after, before, describe, it } from "mocha";
import { requireTools } from "../support/require-tools.ts";

const SIZE = 4 * 2 ** 20;

describe("a block device of this machine's kernel", () => {
  requireTools("losetup");
  let directory: string;
  let image: string;
  let device: string;

  before(async function () {
    if (process.getuid?.() !== 0) {
      console.error("      skipped: only root sets up loop devices");
      this.skip();
    }
    directory = await mkdtemp(path.join(tmpdir(), "slipway-loop-"));
    image = path.join(directory, "disk");
    await writeFile(image, "");
    await truncate(image, SIZE);
    const sectors = ["--sector-size", "4096"];
    device = execFileSync("losetup", ["--find", "--show", ...sectors, image])
      .toString()
      .trim();
  });
  after(async () => {
    if (device !== undefined) execFileSync("losetup", ["--detach", device]);
    if (directory !== undefined) await rm(directory, { recursive: true });
  });

  /** The disk changes under a kernel that does not know of it. */
  const rot = async (offset: number, value: number): Promise<void> => {
    const disk = await open(image, "r+");
    await disk.write(Uint8Array.of(value), 0, 1, offset);
    await disk.sync();
    await disk.close();
  };

  it("says how large it is, and what it writes whole", async () => {
    const opened = await linuxBlockDevices.open(device);
    assert.deepEqual([opened.size, opened.sectorSize], [SIZE, 4096]);
    await assert.rejects(opened.write(new Uint8Array(512), 0), RangeError);
    await opened.close();
  });

  it("is open for one at a time", async () => {
    const opened = await linuxBlockDevices.open(device);
    await assert.rejects(linuxBlockDevices.open(device), { code: "DEVICE_BUSY" });
    await opened.close();
    await (await linuxBlockDevices.open(device)).close();
  });

  it("is read back past the page cache", async () => {
    const opened = await linuxBlockDevices.open(device);
    const written = new Uint8Array(2 ** 20).fill(7);
    await opened.write(written, 0);
    await opened.flush();
    const cached = new Uint8Array(written.length);
    await opened.readInto(cached, 0);
    assert.deepEqual(Buffer.compare(cached, written), 0);
    await rot(5000, 9);
    await opened.readInto(cached, 0);
    assert.equal(cached[5000], 7, "the page cache was not asked");
    const found = new Uint8Array(written.length);
    await opened.readBack(found, 0);
    assert.equal(found[5000], 9, "the disk was not read");
    assert.equal(
      found.findIndex((byte) => byte !== 7),
      5000,
    );
    await opened.close();
  });

  it("takes long writes past the page cache, which then holds nothing older either", async () => {
    const opened = await linuxBlockDevices.open(device);
    const cached = new Uint8Array(2 ** 20);
    await opened.readInto(cached, 0);
    // Still in the cache when the long one comes, and right before it on the disk.
    await opened.write(new Uint8Array(4096).fill(3), 0);
    await opened.write(new Uint8Array(2 ** 20).fill(8), 0);
    await opened.readBack(cached, 0);
    assert.ok(cached.every((byte) => byte === 8));
    await rot(6000, 5);
    await opened.readInto(cached, 0);
    assert.equal(cached[6000], 5, "the page cache has what was written");
    const parts = [1, 2].map((value) => new Uint8Array(2 ** 20).fill(value));
    await Promise.all(parts.map((part, at) => opened.write(part, (at + 1) * 2 ** 20)));
    for (const [at, part] of parts.entries()) {
      await opened.readBack(cached, (at + 1) * 2 ** 20);
      assert.equal(Buffer.compare(cached, part), 0);
    }
    // And the other way round.
    await opened.write(new Uint8Array(4096).fill(4), 8192);
    await opened.readBack(cached, 0);
    assert.deepEqual([cached[8191], cached[8192], cached[12_288]], [8, 4, 8]);
    await opened.close();
  });

  it("is read at length past the page cache by whoever looks at the node", async () => {
    const source = await linuxHostReader().open(device);
    const { readInto } = source ?? {};
    assert.ok(source !== undefined && readInto !== undefined);
    const long = new Uint8Array(2 ** 20);
    await readInto(long, 1024);
    await rot(20_000, 1);
    const short = new Uint8Array(16);
    await readInto(short, 20_000);
    assert.equal(short[0], 1, "the page cache has what was read");
    await assert.rejects(readInto(long, SIZE - 1024), { code: "UNREADABLE" });
    const disk = await open(image, "r+");
    for (const part of [0, 1, 2]) await disk.write(long.fill(part + 1), 0, 2 ** 20, part * 2 ** 20);
    await disk.close();
    const parts = [0, 1, 2].map(() => new Uint8Array(2 ** 20));
    await Promise.all(parts.map((part, at) => readInto(part, at * 2 ** 20)));
    for (const [at, part] of parts.entries()) assert.ok(part.every((byte) => byte === at + 1));
    await source[Symbol.asyncDispose]();
  });
});
