import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseOsRelease, readUki, splitArguments } from "@slipway/release";
import { patched, readsAnything, refuses, sourceOf, struct } from "./bytes.ts";
import { encodeUki } from "./encode-uki.ts";
import type { GivenUki } from "./encode-uki.ts";

const SECTIONS: GivenUki["sections"] = [
  [".text", "\u0090"],
  [".osrel", 'ID=debian\nIMAGE_ID="base"\n'],
  [".cmdline", "roothash=ab ro\0\0"],
  [".uname", "6.12.1-amd64"],
  [".linux", "kernel"],
];

const read = (given: GivenUki) => readUki(sourceOf(encodeUki(given)));

describe("unified kernel image", () => {
  it("tells its machine, its sections and what they say", async () => {
    const uki = await read({ sections: SECTIONS });
    assert.equal(uki.machine, 0x8664);
    assert.equal(uki.subsystem, 10);
    assert.equal(uki.isSigned, false);
    assert.deepEqual(
      uki.sections.map(({ name, size, storedSize, offset }) => [
        name,
        size,
        storedSize,
        offset % 512,
      ]),
      [
        [".text", 2, 512, 0],
        [".osrel", 26, 512, 0],
        [".cmdline", 16, 512, 0],
        [".uname", 12, 512, 0],
        [".linux", 6, 512, 0],
      ],
    );
    assert.deepEqual(uki.osRelease, { ID: "debian", IMAGE_ID: "base" });
    assert.deepEqual(uki.kernelArguments, ["roothash=ab", "ro"]);
    assert.equal(uki.kernelRelease, "6.12.1-amd64");
  });

  it("may be for another machine, and signed", async () => {
    const uki = await read({ machine: 0xaa64, isSigned: true, sections: SECTIONS });
    assert.deepEqual([uki.machine, uki.isSigned], [0xaa64, true]);
  });

  it("says nothing of what it does not hold", async () => {
    const uki = await read({ sections: [[".linux", "kernel"]] });
    assert.deepEqual(uki.osRelease, {});
    assert.deepEqual(uki.kernelArguments, []);
    assert.equal(uki.kernelRelease, undefined);
  });

  it("is read in its base profile", async () => {
    const uki = await read({
      sections: [...SECTIONS, [".profile", "ID=x"], [".cmdline", "other"], [".uname", "other"]],
    });
    assert.deepEqual(uki.kernelArguments, ["roothash=ab", "ro"]);
    assert.equal(uki.sections.length, 8);
  });

  it("is refused when it is something else", async () => {
    const uki = encodeUki({ sections: SECTIONS });
    await refuses("NOT_THIS_FORMAT", "PE", () => readUki(sourceOf(new Uint8Array(1000))));
    await refuses("TRUNCATED", "PE", () => readUki(sourceOf(new Uint8Array(63))));
    await refuses("NOT_THIS_FORMAT", "PE", () => readUki(sourceOf(patched(uki, 128, struct(4)))));
    await refuses("NOT_THIS_FORMAT", "UKI", () => read({ sections: SECTIONS.slice(0, 3) }));
    await refuses("UNSUPPORTED", "PE", () =>
      readUki(sourceOf(patched(uki, 152, struct(2, [0, 0x10b, 2])))),
    );
  });

  it("is refused with more, longer or farther sections than there can be", async () => {
    const uki = encodeUki({ sections: SECTIONS });
    const change = (offset: number, value: number, width: 2 | 4) =>
      readUki(sourceOf(patched(uki, offset, struct(width, [0, value, width]))));
    await refuses("OUT_OF_RANGE", "PE", () => change(128 + 6, 97, 2));
    await refuses("TRUNCATED", "PE", () => change(128 + 6, 96, 2));
    await refuses("TRUNCATED", "PE", () => change(0x3c, 0xffff_ffff, 4));
    await refuses("TRUNCATED", "PE", () => change(128 + 24 + 240 + 40 + 16, 0xffff_ffff, 4));
    await refuses("TRUNCATED", "PE", () => change(128 + 24 + 240 + 40 + 20, 0x7fff_ffff, 4));
    await refuses("OUT_OF_RANGE", "UKI", () =>
      read({
        sections: [...SECTIONS.slice(0, 2), [".cmdline", "x".repeat(70_000)], [".linux", "k"]],
      }),
    );
  });

  readsAnything(readUki, encodeUki({ sections: SECTIONS }));
});

describe("os-release", () => {
  it("is read as a shell would", () => {
    assert.deepEqual(
      parseOsRelease(`# c\nA=1\nB="x \\"y\\" \\$z"\nC='single'\nD=\nlower=x\nE=a b\n F=2 \n`),
      { A: "1", B: 'x "y" $z', C: "single", D: "", F: "2" },
    );
  });
});

describe("kernel command line", () => {
  it("is words, white space in quotes belonging to them", () => {
    assert.deepEqual(splitArguments('a  b="c d" "e f=g"\th\n'), ["a", 'b="c d"', '"e f=g"', "h"]);
    assert.deepEqual(splitArguments(""), []);
  });
});
