import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { frame, inArchiveOrder, trailer } from "../../src/initrd/cpio.ts";
import { type InitrdEntry, linkEntry, textEntry } from "../../src/initrd/entry.ts";

const contentOf = (entry: InitrdEntry): Uint8Array => {
  if (entry.kind === "link") return Buffer.from(entry.target);
  return entry.kind === "file" && entry.content instanceof Uint8Array
    ? entry.content
    : new Uint8Array();
};

const pack = (entries: readonly InitrdEntry[]): Buffer => {
  const parts = inArchiveOrder(entries).flatMap((entry) => {
    const content = contentOf(entry);
    const { head, tail } = frame(entry, content.length);
    return [head, content, tail];
  });
  const body = Buffer.concat(parts);
  return Buffer.concat([body, trailer(body.length)]);
};

interface Unpacked {
  readonly name: string;
  readonly fields: readonly number[];
  readonly content: string;
}

/** A reader written from the format's description, not from our writer. */
const unpack = (archive: Buffer): readonly Unpacked[] => {
  const found: Unpacked[] = [];
  for (let at = 0; ;) {
    assert.equal(archive.subarray(at, at + 6).toString(), "070701");
    const fields = Array.from({ length: 13 }, (_, index) =>
      Number.parseInt(archive.subarray(at + 6 + index * 8, at + 14 + index * 8).toString(), 16),
    );
    const nameEnd = at + 110 + (fields[11] ?? 0);
    const name = archive.subarray(at + 110, nameEnd - 1).toString();
    const start = Math.ceil(nameEnd / 4) * 4;
    const end = start + (fields[6] ?? 0);
    if (name === "TRAILER!!!") return found;
    found.push({ name, fields, content: archive.subarray(start, end).toString() });
    at = Math.ceil(end / 4) * 4;
  }
};

const sample: readonly InitrdEntry[] = [
  textEntry("/usr/b", "bee\n", 0o755),
  linkEntry("/init", "usr/b"),
  { kind: "directory", path: "/usr", mode: 0o755 },
  { kind: "directory", path: "/tmp", mode: 0o1777 },
  textEntry("/usr/a", ""),
];

describe("cpio archives", () => {
  it("hold every entry, in the order of paths, directories before what is in them", () => {
    assert.deepEqual(
      unpack(pack(sample)).map(({ name, content }) => [name, content]),
      [
        ["init", "usr/b"],
        ["tmp", ""],
        ["usr", ""],
        ["usr/a", ""],
        ["usr/b", "bee\n"],
      ],
    );
  });

  it("say mode, owner, links and size, and nothing that depends on where or when they are made", () => {
    const fields = Object.fromEntries(unpack(pack(sample)).map((one) => [one.name, one.fields]));
    const [ino, mode, uid, gid, nlink, mtime, size, ...rest] = fields["usr/b"] ?? [];
    assert.deepEqual([mode, uid, gid, nlink, mtime, size], [0o100755, 0, 0, 1, 0, 4]);
    assert.notEqual(ino, 0);
    assert.deepEqual(rest, [0, 0, 0, 0, "usr/b".length + 1, 0]);
    assert.equal(fields["tmp"]?.[1], 0o041777);
    assert.equal(fields["init"]?.[1], 0o120777);
  });

  it("keep the bytes of a file when another one comes before it", () => {
    const more = pack([...sample, textEntry("/aaa", "first")]);
    assert.ok(more.includes(pack(sample).subarray(0, -512)));
  });

  it("are the same in whatever order the entries come", () => {
    const expected = pack(sample);
    fc.assert(
      fc.property(fc.shuffledSubarray([...sample], { minLength: sample.length }), (shuffled) => {
        assert.deepEqual(pack(shuffled), expected);
      }),
    );
  });

  it("survive any content and any name", () => {
    const name = fc.stringMatching(/^[a-z0-9.@\\:-]{1,40}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ maxLength: 300 }), { maxKeys: 8 }), (files) => {
        const entries = Object.entries(files).map(([path, text]) => textEntry(`/${path}`, text));
        const back = unpack(pack(entries)).map((one) => [one.name, one.content]);
        assert.deepEqual(
          new Map(back.map(([key, text]) => [key, text])),
          new Map(Object.entries(files).map(([key, text]) => [key, Buffer.from(text).toString()])),
        );
        assert.equal(pack(entries).length % 512, 0);
      }),
    );
  });

  it("refuse a file that their headers cannot tell the size of", () => {
    assert.throws(() => frame(textEntry("/big", ""), 2 ** 32), /\/big is too large/);
  });
});
