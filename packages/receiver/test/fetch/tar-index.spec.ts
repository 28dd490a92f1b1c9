import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { indexTar, TarError } from "../../src/fetch/tar-index.ts";

interface Entry {
  readonly path: string;
  readonly contents: Buffer;
}

const file = (path: string, text: string): Entry => ({ path, contents: Buffer.from(text) });

const octal = (value: number, width: number): string =>
  `${value.toString(8).padStart(width - 1, "0")}\0`;

/** Puts the checksum of a header right. */
const seal = (archive: Buffer): Buffer => {
  archive.fill(" ", 148, 156);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return archive;
};

const header = ({ path, contents }: Entry): Buffer => {
  const bytes = Buffer.alloc(512);
  bytes.write(path, 0, "latin1");
  bytes.write(octal(contents.length, 12), 124, "latin1");
  bytes.write("0", 156, "latin1");
  bytes.write("ustar\x0000", 257, "latin1");
  return seal(bytes);
};

const tarArchive = (entries: readonly Entry[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap((entry) => [
      header(entry),
      entry.contents,
      Buffer.alloc((512 - (entry.contents.length % 512)) % 512),
    ]),
    Buffer.alloc(1024),
  ]);

const ARCHIVE = tarArchive([
  file("metadata/timestamp.json", "{}"),
  file("blobs/ab/abcd", "x".repeat(1000)),
  file("metadata/1.root.json", ""),
]);

/** What the index of an archive finds, as texts. */
const textsOf = async (archive: Buffer): Promise<Readonly<Record<string, string>>> => {
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    assert.ok(offset + length <= archive.length, "a read beyond the end");
    return archive.subarray(offset, offset + length);
  };
  const files = await indexTar(read, archive.length);
  return Object.fromEntries(
    [...files].map(([path, { offset, size }]) => [
      path,
      archive.toString("latin1", offset, offset + size),
    ]),
  );
};

/** An archive with a field of its first header written over. */
const withField = (at: number, text: string): Buffer => {
  const archive = tarArchive([file("a", "contents")]);
  archive.write(text, at, "latin1");
  return seal(archive);
};

/** An archive whose file has these records before it. */
const pax = (records: string): Buffer => {
  const archive = tarArchive([file("pax", records), file("short", "contents")]);
  archive.write("x", 156, "latin1");
  return seal(archive);
};

describe("the index of an archive", () => {
  it("finds every file, directories left out", async () => {
    assert.deepEqual(await textsOf(ARCHIVE), {
      "metadata/timestamp.json": "{}",
      "metadata/1.root.json": "",
      "blobs/ab/abcd": "x".repeat(1000),
    });
  });

  it("takes a name that is in two fields, and one that is in a record", async () => {
    assert.deepEqual(await textsOf(withField(345, "releases/base")), {
      "releases/base/a": "contents",
    });
    const name = `releases/${"i".repeat(200)}/a`;
    assert.deepEqual(await textsOf(pax(`${name.length + 10} path=${name}\n`)), {
      [name]: "contents",
    });
  });

  for (const length of [0, 511, 512, ARCHIVE.length - 1024, 700])
    it(`refuses an archive that was cut off after ${length} bytes`, async () => {
      await assert.rejects(textsOf(ARCHIVE.subarray(0, length)), TarError);
    });

  it("refuses an archive with any bit of a header flipped, or finds the same files in it", async () => {
    const whole = await textsOf(ARCHIVE);
    for (let bit = 0; bit < 512 * 8; bit += 1) {
      const flipped = Buffer.from(ARCHIVE);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const found = await textsOf(flipped).catch((error: unknown) => {
        assert.ok(error instanceof TarError, `bit ${bit}: ${String(error)}`);
      });
      if (found !== undefined) assert.deepEqual(found, whole, `bit ${bit}`);
    }
  });

  for (const name of [
    "../x",
    "/etc/passwd",
    "a/../../x",
    "./a",
    "a//b",
    ".hidden",
    "a/.hidden",
    "a\\b",
    "a b",
    "é",
    `a/${"b".repeat(600)}`,
  ])
    it(`refuses ${JSON.stringify(name.slice(0, 20))} as a name`, async () => {
      await assert.rejects(textsOf(pax(`${paxLength(name)} path=${name}\n`)), TarError);
    });

  for (const type of ["1", "2", "3", "6", "7", "L", "S", "g"])
    it(`refuses an entry of type ${type}`, async () => {
      await assert.rejects(textsOf(withField(156, type)), TarError);
    });

  it("refuses sizes that are no numbers, or beyond the archive", async () => {
    await assert.rejects(textsOf(withField(124, "zzzzzzzzzzz")), TarError);
    await assert.rejects(textsOf(withField(124, "77777777777")), TarError);
    await assert.rejects(textsOf(pax("28 size=900719925474099900\n")), TarError);
    await assert.rejects(textsOf(pax("24 size=900719925474099\n")), TarError);
  });

  it("refuses records that are none", async () => {
    for (const records of ["99 path=a\n", "9 path=a", "path=a\n", "0 a=b\n", "7 pa=a\n\n"])
      await assert.rejects(textsOf(pax(records)), TarError, records);
  });

  it("refuses a file that is there twice", async () => {
    const one = tarArchive([file("a", "1")]).subarray(0, 1024);
    await assert.rejects(textsOf(Buffer.concat([one, tarArchive([file("a", "2")])])), TarError);
  });
});

/** How long the record of a path is, its own digits included. */
const paxLength = (name: string): number => {
  const rest = ` path=${name}\n`.length;
  return rest + String(rest + String(rest).length).length;
};
