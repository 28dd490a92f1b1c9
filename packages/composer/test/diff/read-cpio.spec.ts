import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { compareInitrds } from "../../src/diff/initrd.ts";
import { readCpio } from "../../src/diff/read-cpio.ts";
import { type InitrdEntry, linkEntry, textEntry } from "../../src/initrd/entry.ts";
import { readsAnything, refuses, sourceOf } from "../inspect/bytes.ts";
import { pack } from "./pack-cpio.ts";

const ENTRIES = [
  { kind: "directory", path: "/etc", mode: 0o755 },
  textEntry("/etc/motd", "hello\n"),
  linkEntry("/init", "usr/lib/systemd/systemd"),
] as const;

const read = (bytes: Uint8Array) => readCpio(sourceOf(bytes), { offset: 0, length: bytes.length });

describe("reading a cpio archive", () => {
  it("finds what our writer put in", async () => {
    const bytes = pack(ENTRIES);
    const entries = await read(bytes);
    assert.deepEqual(
      [...(entries?.values() ?? [])].map(({ path, mode, data: { offset, length } }) => [
        path,
        mode.toString(8),
        bytes.subarray(offset, offset + length).toString(),
      ]),
      [
        ["etc", "40755", ""],
        ["etc/motd", "100644", "hello\n"],
        ["init", "120777", "usr/lib/systemd/systemd"],
      ],
    );
  });

  it("goes on behind the padding between archives, where a later file replaces an earlier", async () => {
    const first = pack([textEntry("/a", "1"), textEntry("/b", "1")]);
    const bytes = Buffer.concat([first, Buffer.alloc(512), pack([textEntry("/a", "22")])]);
    const entries = await read(bytes);
    assert.deepEqual(
      [...(entries?.values() ?? [])].map(({ path, data }) => [path, data.length]).toSorted(),
      [
        ["a", 2],
        ["b", 1],
      ],
    );
  });

  it("leaves alone what is compressed", async () => {
    assert.equal(await read(Buffer.from("28b52ffd00000000", "hex")), undefined);
    assert.deepEqual(await read(new Uint8Array(512)), new Map());
  });

  it("refuses what is cut short or no number", async () => {
    const bytes = pack(ENTRIES);
    await refuses("TRUNCATED", "cpio", () => read(bytes.subarray(0, 100)));
    await refuses("TRUNCATED", "cpio", () => read(bytes.subarray(0, 240)));
    const odd = Buffer.from(bytes);
    odd.write("zzzzzzzz", 6 + 6 * 8, "latin1");
    await refuses("OUT_OF_RANGE", "cpio", () => read(odd));
  });

  readsAnything((source) => readCpio(source, { offset: 0, length: source.size }), pack(ENTRIES));
});

describe("comparison of initrds", () => {
  const side = (entries: readonly InitrdEntry[], kernelRelease: string) => {
    const bytes = pack(entries);
    return { uki: sourceOf(bytes), initrd: { offset: 0, length: bytes.length }, kernelRelease };
  };
  const module = (kernel: string, name: string, text: string) =>
    textEntry(`/usr/lib/modules/${kernel}/kernel/${name}.ko`, text);

  it("holds a kernel's modules against those of another kernel", async () => {
    const diff = await compareInitrds(
      side([module("6.1", "a", "1"), module("6.1", "b", "1"), module("6.1", "c", "1")], "6.1"),
      side([module("6.2", "b", "1"), module("6.2", "c", "2"), module("6.2", "d", "1")], "6.2"),
    );
    assert.deepEqual(diff.modules, {
      added: ["kernel/d.ko"],
      removed: ["kernel/a.ko"],
      changed: ["kernel/c.ko"],
    });
    assert.deepEqual([diff.isSame, diff.isListed], [false, true]);
  });

  it("tells of other files, their modes and targets", async () => {
    const diff = await compareInitrds(
      side(
        [textEntry("/a", "1"), textEntry("/b", "1"), linkEntry("/l", "x"), textEntry("/r", "")],
        "",
      ),
      side(
        [
          textEntry("/a", "1"),
          textEntry("/b", "1", 0o755),
          linkEntry("/l", "y"),
          textEntry("/n", ""),
        ],
        "",
      ),
    );
    assert.deepEqual(diff.files, { added: ["/n"], removed: ["/r"], changed: ["/b", "/l"] });
  });

  it("finds none between an initrd and itself", async () => {
    const one = side(ENTRIES, "6.1");
    const { isSame, files, modules } = await compareInitrds(one, one);
    const none = { added: [], removed: [], changed: [] };
    assert.deepEqual([isSame, files, modules], [true, none, none]);
  });
});
