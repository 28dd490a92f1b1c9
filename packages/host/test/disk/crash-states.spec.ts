import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  countChoices,
  crashStates,
  diskOn,
  imageSectors,
  simulatedDisk,
  type SimulatedDisk,
  TORN_PARTS,
} from "@slipway/host/testing";
import { filled, SECTOR_SIZE } from "./a-history.ts";

/** The first bytes of the disk's sectors in each state that holds no torn one. */
const wholeStates = (disk: SimulatedDisk, limit = 10_000): readonly string[] =>
  Array.from(crashStates(disk, limit, 1))
    .filter(({ torn }) => torn === undefined)
    .map((state) =>
      Array.from({ length: disk.sectors }, (_, sector) => state.read(sector)[0] ?? 0).join(""),
    )
    .toSorted();

describe("a simulated disk", () => {
  it("may lose any of the writes since the last flush, and none before it", () => {
    const disk = simulatedDisk(SECTOR_SIZE, 3);
    disk.write(0, filled(1));
    disk.flush();
    disk.write(1, filled(2));
    disk.write(2, filled(3));
    assert.deepEqual(wholeStates(disk), ["000", "100", "103", "120", "123"]);
  });

  it("may hold an older of two writes to one sector, but has lost none when it has no cache", () => {
    const twice = (disk: SimulatedDisk): SimulatedDisk => {
      disk.write(0, filled(1));
      disk.write(1, filled(2));
      disk.write(0, filled(3));
      return disk;
    };
    assert.deepEqual(wholeStates(twice(simulatedDisk(SECTOR_SIZE, 2))), [
      "00",
      "02",
      "10",
      "12",
      "30",
      "32",
    ]);
    assert.deepEqual(wholeStates(twice(simulatedDisk(SECTOR_SIZE, 2, { cache: "none" }))), [
      "00",
      "10",
      "12",
      "32",
    ]);
  });

  it("does not make durable what was only possible, nor forget it", () => {
    const disk = simulatedDisk(SECTOR_SIZE, 2);
    disk.mayWrite(0, filled(1));
    disk.write(1, filled(2));
    disk.flush();
    assert.equal(disk.read(0)[0], 0);
    assert.deepEqual(wholeStates(disk), ["00", "02", "10", "12"]);
    disk.write(0, filled(3));
    disk.flush();
    assert.equal(disk.intervals().at(-1)?.unsettled.length, 0);
  });

  it("tears a sector into new and old at every part", () => {
    for (const size of [512, 4096]) {
      const disk = simulatedDisk(size, 1);
      disk.write(0, new Uint8Array(size).fill(7));
      const lengths = Array.from(
        crashStates(disk, 100, 1),
        (state) => state.read(0).filter((byte) => byte === 7).length,
      ).toSorted((a, b) => a - b);
      const steps = Array.from({ length: TORN_PARTS + 1 }, (_, part) => (size / TORN_PARTS) * part);
      assert.deepEqual(lengths, steps);
    }
  });

  it("tears a sector over what it was given just before", () => {
    const disk = simulatedDisk(SECTOR_SIZE, 1);
    disk.write(0, filled(1));
    disk.write(0, filled(2));
    const ends = Array.from(crashStates(disk, 100, 1), (state) =>
      [state.read(0).at(0), state.read(0).at(-1)].join(""),
    );
    assert.deepEqual(new Set(ends), new Set(["00", "10", "11", "21", "22"]));
  });

  it("says which writes were lost, and who made them", () => {
    const disk = simulatedDisk(SECTOR_SIZE, 2);
    disk.write(0, filled(1), "the entry");
    disk.write(0, filled(2), "its size");
    const lost = Array.from(crashStates(disk, 100, 1)).find(
      (state) => state.torn === undefined && state.read(0)[0] === 1,
    );
    assert.equal(
      lost?.explain(),
      "power cut between events 0 and 2\nsector 0 is from event 0 (the entry)",
    );
  });

  it("draws when there are too many states, the ends of every interval among them", () => {
    const disk = simulatedDisk(SECTOR_SIZE, 64);
    for (let round = 1; round <= 3; round += 1) {
      for (let sector = 0; sector < 64; sector += 1) disk.write(sector, filled(round));
      disk.flush();
    }
    assert.ok(countChoices(disk.intervals()) > 1e9);
    const states = Array.from(crashStates(disk, 2_000, 11));
    assert.equal(new Set(states.map(({ digest }) => digest)).size, 2_000);
    assert.ok(states.some(({ digest }) => digest === disk.digest));
    assert.ok(states.some(({ torn }) => torn !== undefined));
    assert.notDeepEqual(
      states.map(({ digest }) => digest),
      Array.from(crashStates(disk, 2_000, 12), ({ digest }) => digest),
    );
  });

  it("stays what it was in a state, whatever happens afterwards", () => {
    const disk = simulatedDisk(SECTOR_SIZE, 1);
    disk.write(0, filled(1));
    const states = Array.from(crashStates(disk, 100, 1));
    const before = states.map((state) => state.read(0).slice());
    disk.flush();
    disk.write(0, filled(2));
    disk.flush();
    assert.deepEqual(
      states.map((state) => state.read(0)),
      before,
    );
  });

  it("begins with an image, and refuses what does not fit it", () => {
    const image = new Uint8Array(2 * SECTOR_SIZE);
    image[SECTOR_SIZE] = 9;
    const disk = diskOn(imageSectors(image, SECTOR_SIZE));
    assert.equal(disk.read(1)[0], 9);
    assert.deepEqual([...disk.touched()], [1]);
    assert.throws(() => disk.write(2, filled(1)), /no sector 2 on a disk of 2/);
    assert.throws(() => disk.write(0, new Uint8Array(4)), /4 bytes for a sector of 512/);
    assert.throws(() => simulatedDisk(520, 1), /512 or 4096 bytes, not 520/);
    assert.throws(() => imageSectors(image.subarray(1), SECTOR_SIZE), /ends within a sector/);
  });
});
