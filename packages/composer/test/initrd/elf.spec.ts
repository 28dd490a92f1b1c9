import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readElf } from "../../src/initrd/elf.ts";

const BASE = 0x40_0000n;
const SEGMENTS = 64;
const INTERPRETER = 0x100;
const STRINGS = 0x140;
const DYNAMIC = 0x200;

/** A shared library of three segments, laid out by hand; addresses are file offsets plus `BASE`. */
const library = (dynamic: readonly (readonly [bigint, bigint])[], strings: string): Buffer => {
  const bytes = Buffer.alloc(0x300);
  bytes.write("\x7fELF\x02\x01\x01", 0, "latin1");
  bytes.writeUInt16LE(183, 18);
  bytes.writeBigUInt64LE(BigInt(SEGMENTS), 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(3, 56);
  const segment = (index: number, type: number, offset: number, size: number): void => {
    const at = SEGMENTS + index * 56;
    bytes.writeUInt32LE(type, at);
    bytes.writeBigUInt64LE(BigInt(offset), at + 8);
    bytes.writeBigUInt64LE(BigInt(offset) + BASE, at + 16);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
  };
  segment(0, 1, 0, bytes.length);
  segment(1, 2, DYNAMIC, dynamic.length * 16);
  segment(2, 3, INTERPRETER, 10);
  bytes.write("/lib/ld.so\0", INTERPRETER, "latin1");
  bytes.write(strings, STRINGS, "latin1");
  for (const [index, [tag, value]] of dynamic.entries()) {
    bytes.writeBigUInt64LE(tag, DYNAMIC + index * 16);
    bytes.writeBigUInt64LE(value, DYNAMIC + index * 16 + 8);
  }
  return bytes;
};

const STRTAB = [5n, BigInt(STRINGS) + BASE] as const;

describe("reading ELF files", () => {
  it("finds machine, loader, libraries and search path", () => {
    const strings = "\0libc.so.6\0libz.so.1\0/usr/lib/own:$ORIGIN\0";
    const bytes = library([[1n, 1n], STRTAB, [1n, 11n], [29n, 21n], [0n, 0n]], strings);
    assert.deepEqual(readElf(bytes), {
      machine: 183,
      interpreter: "/lib/ld.so",
      needed: ["libc.so.6", "libz.so.1"],
      runpath: ["/usr/lib/own", "$ORIGIN"],
    });
  });

  it("takes a file without strings for one that needs nothing", () => {
    assert.deepEqual(readElf(library([[1n, 1n]], ""))?.needed, []);
  });

  it("knows what is no 64-bit little-endian ELF file", () => {
    assert.equal(readElf(Buffer.from("#!/bin/sh\n")), undefined);
    assert.equal(readElf(Buffer.alloc(500)), undefined);
    const big = library([], "");
    big.writeUInt8(2, 5);
    assert.equal(readElf(big), undefined);
  });

  it("refuses one that is cut short", () => {
    assert.throws(() => readElf(library([STRTAB], "").subarray(0, 100)), RangeError);
  });
});
