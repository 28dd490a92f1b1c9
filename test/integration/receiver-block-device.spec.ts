/** Block devices of a real kernel: who may open them, what they say of themselves, and that reading back reads the disk. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { open } from "node:fs/promises";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
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
    // The disk changes under a kernel that does not know of it: a bit rots.
    const disk = await open(image, "r+");
    await disk.write(Uint8Array.of(9), 0, 1, 5000);
    await disk.sync();
    await disk.close();
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
});
