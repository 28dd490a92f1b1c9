/** What Linux's vfat promises and what it does not: the traps that an update has to step around. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { mountFat, type SimulatedDisk } from "@slipway/host/testing";
import { DISK_SECTORS, listed, listings, prepared, SECTOR, text } from "./a-volume.ts";

/** What the disk was given, in order, from an event on; on a disk that keeps what it is given. */
const writes = (
  disk: SimulatedDisk,
  from: number,
): readonly { readonly site: string; readonly sector: number }[] =>
  disk
    .intervals()
    .flatMap((interval) =>
      interval.unsettled.flatMap(({ sector, contents }) =>
        contents
          .filter(({ at, written }) => written && at >= Math.max(interval.from, from))
          .map(({ at, site }) => ({ at, site, sector })),
      ),
    )
    .toSorted((a, b) => a.at - b.at)
    .map(({ site, sector }) => ({ site, sector }));

describe("vfat's promises", () => {
  it("a file whose fsync returned is there, whole, whatever is lost later", () => {
    const disk = prepared(() => undefined);
    const volume = mountFat(disk);
    volume.writeFile("/A.TXT", text("first"));
    volume.fsync("/");
    volume.fsync("/A.TXT");
    const from = disk.events;
    volume.writeFile("/B.TXT", text("second"));
    const all = listings(disk, from);
    assert.ok(
      all.every((listing) => listing.includes("A.TXT: first")),
      all.join("\n"),
    );
    assert.ok(all.includes("A.TXT: first"), "the other file can be lost");
  });

  it("a file whose fsync did not return may be missing, empty, or point at clusters never written", () => {
    const disk = prepared(() => undefined);
    mountFat(disk).writeFile("/A.TXT", text("first"));
    const all = listings(disk);
    for (const listing of ["", "A.TXT is empty", "A.TXT: CHAIN_BROKEN", "A.TXT: first"]) {
      assert.ok(all.includes(listing), `${listing} is none of ${all.join(" | ")}`);
    }
  });

  it("a rename followed by fsync of the directory alone may leave the file empty", () => {
    const renamed = (): SimulatedDisk =>
      prepared((volume) => volume.writeFile("/OLD.TXT", text("precious")));
    const careless = renamed();
    const volume = mountFat(careless);
    volume.rename("/OLD.TXT", "/NEW.TXT");
    volume.fsync("/");
    assert.ok(listings(careless, careless.events).includes("NEW.TXT is empty"));

    const careful = renamed();
    const other = mountFat(careful);
    other.rename("/OLD.TXT", "/NEW.TXT");
    other.fsync("/");
    other.fsync("/NEW.TXT");
    const from = careful.events;
    other.writeFile("/MORE.TXT", text("more"));
    assert.ok(listings(careful, from).every((listing) => listing.includes("NEW.TXT: precious")));
  });

  it("with dirsync and a disk without a cache, a rename keeps one of the names, and the contents with it", () => {
    const disk = prepared((volume) => volume.writeFile("/OLD.TXT", text("precious")), {
      cache: "none",
    });
    mountFat(disk, { dirsync: true }).rename("/OLD.TXT", "/NEW.TXT");
    const all = listings(disk);
    assert.ok(all.includes("NEW.TXT: precious, OLD.TXT: precious"), "both, for a moment");
    assert.ok(
      all.every((listing) => listing.includes("precious")),
      all.join("\n"),
    );
  });

  it("without dirsync a rename across two sectors may lose both names", () => {
    const disk = prepared((volume) => {
      // The root's first sector is full: the label, and fifteen files. The new name goes into the next one.
      volume.writeFile("/OLD.TXT", text("precious"));
      for (let index = 0; index < 14; index += 1) volume.writeFile(`/F${index}`, text("x"));
    });
    mountFat(disk).rename("/OLD.TXT", "/NEW.TXT");
    const all = listings(disk);
    assert.ok(
      all.some((listing) => !/(?:OLD|NEW)/.test(listing)),
      all.join("\n"),
    );
  });

  it("fsync of a file does not make the first part of its long name durable", () => {
    const disk = prepared((volume) => {
      for (let index = 0; index < 13; index += 1) volume.writeFile(`/F${index}`, text("x"));
    });
    const volume = mountFat(disk);
    volume.writeFile("/a name that takes three.txt", text("named"));
    volume.fsync("/a name that takes three.txt");
    const early = listings(disk, disk.events).filter((listing) => !listing.includes("three.txt"));
    assert.ok(early.length > 0, "the name is still at risk");
    volume.fsync("/");
    const from = disk.events;
    volume.writeFile("/Z", text("z"));
    assert.ok(listings(disk, from).every((listing) => listing.includes("three.txt: named")));
  });

  it("syncfs gives everything to the disk, and does not flush its cache", () => {
    for (const cache of ["volatile", "none"] as const) {
      const disk = prepared(() => undefined, { cache });
      const volume = mountFat(disk);
      volume.writeFile("/A.TXT", text("first"));
      volume.syncfs();
      assert.deepEqual(listed(disk), ["A.TXT: first"]);
      assert.equal(listings(disk, disk.events).includes(""), cache === "volatile");
    }
  });

  it("with dirsync the long name goes first and its alias last, an old alias goes before its long name", () => {
    const disk = prepared(
      (volume) => {
        for (let index = 0; index < 13; index += 1) volume.writeFile(`/F${index}`, text("x"));
      },
      { cache: "none" },
    );
    const volume = mountFat(disk, { dirsync: true });
    const name = "/a name that takes three.txt";
    const before = disk.events;
    volume.writeFile(name, text("named"));
    const added = writes(disk, before);
    assert.deepEqual(
      added.map(({ site }) => site),
      ["new directory entries", "the table", "a directory's new cluster", "the table"],
    );
    const between = disk.events;
    volume.unlink(name);
    const removed = writes(disk, between);
    assert.deepEqual(
      removed.map(({ site }) => site),
      ["removed directory entries", "removed directory entries"],
    );
    assert.deepEqual(
      removed.map(({ sector }) => sector),
      [added[2]?.sector, added[0]?.sector],
    );
  });

  it("an unlink may free the clusters of a file that is still listed", () => {
    const disk = prepared((volume) => volume.writeFile("/A.TXT", text("gone")));
    mountFat(disk).unlink("/A.TXT");
    const all = listings(disk);
    assert.deepEqual(all, ["", "A.TXT: CHAIN_BROKEN", "A.TXT: gone"]);
  });

  it("a file system in use says so until it is unmounted", () => {
    const state = (disk: SimulatedDisk): number => (disk.read(0)[0x41] ?? 0) & 1;
    const disk = prepared(() => undefined);
    assert.equal(state(disk), 0);
    const volume = mountFat(disk);
    assert.equal(state(disk), 1);
    volume.unmount();
    assert.equal(state(disk), 0);
    // One that was not unmounted stays marked: Linux leaves that to fsck.
    mountFat(disk);
    mountFat(disk).unmount();
    assert.equal(state(disk), 1);
    assert.equal(disk.sectors * disk.sectorSize, DISK_SECTORS * SECTOR);
  });
});
