/** Disks that no driver would write: the reader says what is wrong with them, and always ends. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  diskOn,
  FatError,
  formatFat,
  imageSectors,
  mountFat,
  readFat,
  simulatedDisk,
  type SimulatedDisk,
} from "@slipway/host/testing";
import { DISK_SECTORS, formatted, prepared, SECTOR, text } from "./a-volume.ts";

const refused =
  (code: string, message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof FatError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

const edited = (disk: SimulatedDisk, sector: number, edit: (view: DataView) => void) => {
  const changed = diskOn(disk);
  const bytes = disk.read(sector).slice();
  edit(new DataView(bytes.buffer));
  changed.write(sector, bytes);
  return changed;
};

/** The file's first cluster is 3: the root has 2. */
const withFile = (): SimulatedDisk =>
  prepared((volume) => volume.writeFile("/A.TXT", new Uint8Array(3 * SECTOR).fill(7)));

describe("damaged FAT32", () => {
  it("that is none is refused", () => {
    const noise = imageSectors(new Uint8Array(8 * SECTOR).fill(1), SECTOR);
    assert.throws(() => readFat(noise), refused("NOT_FAT32", /no boot signature/));
    const cases: readonly (readonly [(view: DataView) => void, RegExp])[] = [
      [(view) => view.setUint16(0x0b, 4096, true), /4096 bytes, the disk's 512/],
      [(view) => view.setUint8(0x0d, 3), /3 sectors to a cluster/],
      [(view) => view.setUint8(0x10, 0), /no place for its tables/],
      [(view) => view.setUint16(0x16, 9, true), /FAT12 or FAT16/],
      [(view) => view.setUint32(0x20, DISK_SECTORS + 1, true), /67001 sectors, the disk 67000/],
      [(view) => view.setUint32(0x20, 40, true), /no clusters/],
      [(view) => view.setUint32(0x2c, 0, true), /root is outside/],
    ];
    for (const [edit, message] of cases) {
      assert.throws(() => readFat(edited(formatted(), 0, edit)), refused("NOT_FAT32", message));
    }
  });

  it("with a chain that breaks, goes round, or ends early does not give the file", () => {
    const cases: readonly (readonly [number, number, RegExp])[] = [
      [3, 0, /leads to 0/],
      [4, 0x0fff_fff7, /leads to 268435447/],
      [4, 0x0fff_ffff, /ends after 2 of 3/],
      [5, 0, /leads to 0/],
    ];
    for (const [cluster, entry, message] of cases) {
      const disk = edited(withFile(), 32, (view) => view.setUint32(cluster * 4, entry, true));
      assert.throws(() => readFat(disk).readFile("/A.TXT"), refused("CHAIN_BROKEN", message));
    }
  });

  it("with a directory that goes round ends", () => {
    const disk = edited(withFile(), 32, (view) => view.setUint32(2 * 4, 2, true));
    const full = new Uint8Array(SECTOR).fill(0xe5);
    const root = [...disk.touched()].find((sector) => disk.read(sector)[11] === 0x08);
    assert.ok(root !== undefined);
    disk.write(root, full);
    assert.throws(() => readFat(disk).readdir("/"), refused("CHAIN_BROKEN", /has no end/));
  });

  it("with a size that no chain has is refused before room is made for it", () => {
    const disk = withFile();
    const root = [...disk.touched()].find((sector) => disk.read(sector)[11] === 0x08);
    assert.ok(root !== undefined);
    const torn = edited(disk, root, (view) => view.setUint32(32 + 28, 0xffff_ffff, true));
    assert.throws(
      () => readFat(torn).readFile("/A.TXT"),
      refused("CHAIN_BROKEN", /after 3 of 8388608/),
    );
  });

  it("operations name what they could not find", () => {
    const disk = withFile();
    const volume = mountFat(disk);
    const reader = readFat(disk);
    assert.throws(() => reader.readFile("/B.TXT"), refused("NOT_FOUND", /\/B\.TXT/));
    assert.throws(() => reader.readdir("/A.TXT"), refused("NOT_A_DIRECTORY", /A\.TXT/));
    assert.throws(() => reader.readFile("/A.TXT/x"), refused("NOT_A_DIRECTORY", /A\.TXT/));
    assert.throws(() => reader.readFile("A.TXT"), refused("NOT_FOUND", /not an absolute path/));
    assert.throws(() => reader.readFile("/"), refused("IS_A_DIRECTORY", /\//));
    assert.throws(() => volume.unlink("/B.TXT"), refused("NOT_FOUND", /B\.TXT/));
    assert.throws(
      () => volume.writeFile("/no/B", text("x")),
      refused("NOT_FOUND", /no of \/no\/B/),
    );
    assert.throws(() => volume.mkdir("/A.TXT"), refused("EXISTS", /A\.TXT/));
    volume.mkdir("/sub");
    assert.throws(() => volume.rename("/sub", "/other"), refused("IS_A_DIRECTORY", /sub/));
    assert.throws(() => volume.rename("/A.TXT", "/sub"), refused("IS_A_DIRECTORY", /sub/));
    assert.throws(() => volume.fsync("/B.TXT"), refused("NOT_FOUND", /B\.TXT/));
  });

  it("a disk that is full says so, and one too small is not formatted", () => {
    const disk = formatted();
    const table = { first: 32, length: 524 };
    const taken = new Uint8Array(SECTOR).fill(0xff);
    for (let sector = 1; sector < table.length; sector += 1)
      disk.write(table.first + sector, taken);
    const hog = mountFat(disk);
    assert.throws(
      () => hog.writeFile("/HOG", new Uint8Array(SECTOR * SECTOR)),
      refused("NO_SPACE", /no cluster is free/),
    );
    hog.unlink("/HOG");
    hog.writeFile("/SMALL", text("fits"));
    assert.equal(Buffer.from(hog.readFile("/SMALL")).toString(), "fits");
    assert.throws(
      () => formatFat(simulatedDisk(512, 2_000)),
      refused("NO_LAYOUT", /2000 sectors of 512 bytes make 1936 clusters/),
    );
  });
});
