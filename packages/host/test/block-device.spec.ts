import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type BlockDevice, HostError, linuxBlockDevices } from "@slipway/host";
import { pageCacheOn, simulatedDevice, simulatedDisk } from "@slipway/host/testing";

const SIZE = 64 * 4096;
const bytesOf = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "slipway-device-"));
});
afterEach(() => rm(directory, { recursive: true }));

const onMachine = async (): Promise<BlockDevice> => {
  const file = path.join(directory, "device");
  await writeFile(file, "");
  await truncate(file, SIZE);
  return linuxBlockDevices.open(file);
};

const onSimulatedDisk = async (): Promise<BlockDevice> => {
  const disk = simulatedDisk(512, 1000);
  return simulatedDevice(disk, pageCacheOn(disk), {
    name: "slot",
    first: 100,
    sectors: SIZE / 512,
  });
};

for (const [name, open] of [
  ["a device of this machine", onMachine],
  ["a device on a simulated disk", onSimulatedDisk],
] as const) {
  describe(name, () => {
    it("has a size and sectors, and begins with zeros", async () => {
      const device = await open();
      assert.deepEqual([device.size, device.sectorSize], [SIZE, 512]);
      const read = bytesOf(1024, 1);
      await device.readInto(read, SIZE - 1024);
      assert.deepEqual(read, bytesOf(1024, 0));
      await device.close();
    });

    it("gives back what was written, also where no sector begins", async () => {
      const device = await open();
      await device.write(bytesOf(1024, 7), 512);
      const read = bytesOf(4, 0);
      await device.readInto(read, 510);
      assert.deepEqual([...read], [0, 0, 7, 7]);
      await device.close();
    });

    it("reads back from the disk what was flushed", async () => {
      const device = await open();
      await device.write(bytesOf(8192, 9), 4096);
      await device.flush();
      for (const [offset, length] of [
        [4096, 8192],
        [5000, 3],
        [0, SIZE],
      ] as const) {
        const read = bytesOf(length, 1);
        await device.readBack(read, offset);
        const expected = bytesOf(SIZE, 0).fill(9, 4096, 12_288);
        assert.deepEqual(read, expected.slice(offset, offset + length));
      }
      await device.close();
    });

    it("refuses what lies outside of it or across its sectors", async () => {
      const device = await open();
      await assert.rejects(device.write(bytesOf(512, 1), SIZE), RangeError);
      await assert.rejects(device.write(bytesOf(512, 1), 100), RangeError);
      await assert.rejects(device.write(bytesOf(100, 1), 512), RangeError);
      await assert.rejects(device.readInto(bytesOf(2, 1), SIZE - 1), RangeError);
      await assert.rejects(device.readBack(bytesOf(2, 1), -1), RangeError);
      await device.close();
    });
  });
}

describe("a device on a simulated disk before it is flushed", () => {
  it("shows writes to programs and not to who reads it back", async () => {
    const device = await onSimulatedDisk();
    await device.write(bytesOf(512, 3), 0);
    const [cached, onDisk] = [bytesOf(1, 0), bytesOf(1, 9)];
    await device.readInto(cached, 0);
    await device.readBack(onDisk, 0);
    assert.deepEqual([...cached, ...onDisk], [3, 0]);
  });
});

describe("a device that is none", () => {
  it("is refused with its name", async () => {
    await assert.rejects(linuxBlockDevices.open(path.join(directory, "none")), (error: unknown) => {
      assert.ok(error instanceof HostError);
      assert.equal(error.code, "DEVICE_FAILED");
      assert.match(error.message, /none cannot be opened/);
      return true;
    });
  });
});
