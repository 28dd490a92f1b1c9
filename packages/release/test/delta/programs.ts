import type { GivenSection } from "./encode-elf.ts";
import { CODE, encodeElf, RELOCATIONS, STRINGS, SYMBOLS } from "./encode-elf.ts";
import { noise, numbersFrom } from "./support.ts";

const FUNCTIONS = 400;
const FUNCTION_BYTES = 96;
const CALLS = 4;

/** How long each function is: one of a later version is longer, and pushes all behind it on. */
const lengthsOf = (grown: ReadonlyMap<number, number>): readonly number[] =>
  Array.from({ length: FUNCTIONS }, (_, i) => FUNCTION_BYTES + (grown.get(i) ?? 0));

const startsOf = (lengths: readonly number[]): readonly number[] => {
  let end = 0;
  return lengths.map((length) => {
    const start = end;
    end += length;
    return start;
  });
};

/** Which functions a function calls, and where in it. */
const callsOf = (caller: number): readonly { readonly at: number; readonly callee: number }[] => {
  const next = numbersFrom(caller);
  return Array.from({ length: CALLS }, (_, i) => ({
    at: 8 + i * 20,
    callee: Math.floor(next() * FUNCTIONS),
  }));
};

const codeOf = (lengths: readonly number[], isLinked: boolean): Uint8Array => {
  const starts = startsOf(lengths);
  const code = Buffer.concat(
    // Bytes from 0 to 0x7f, so that only calls look like calls.
    lengths.map((length, i) => noise(length, i, 128)),
  );
  for (const [caller, start] of starts.entries()) {
    for (const { at, callee } of callsOf(caller)) {
      const field = start + at + 1;
      code[field - 1] = 0xe8;
      code.writeInt32LE(isLinked ? (starts[callee] ?? 0) - field - 4 : 0, field);
    }
  }
  return new Uint8Array(code);
};

/** A library whose functions call each other, some of them grown by so many bytes. */
export const aLibrary = (grown: ReadonlyMap<number, number>): Uint8Array =>
  encodeElf([{ name: ".text", type: CODE, content: codeOf(lengthsOf(grown), true) }]);

/** The same as an object that is yet to be linked, with relocations for its calls and symbols for its functions. */
export const anObject = (grown: ReadonlyMap<number, number>): Uint8Array => {
  const lengths = lengthsOf(grown);
  const starts = startsOf(lengths);
  const relocations = starts.flatMap((start, caller) =>
    callsOf(caller).map(({ at, callee }) => {
      const entry = Buffer.alloc(24);
      entry.writeBigUInt64LE(BigInt(start + at + 1), 0);
      entry.writeUInt32LE(2, 8);
      entry.writeUInt32LE(1, 12);
      entry.writeBigInt64LE(BigInt((starts[callee] ?? 0) - 4), 16);
      return entry;
    }),
  );
  const names = lengths.map((_, i) => `function_${i}`);
  let nameAt = 0;
  const section = Buffer.alloc(24);
  section[4] = 3;
  section.writeUInt16LE(1, 6);
  const symbols = names.map((name, i) => {
    const entry = Buffer.alloc(24);
    entry.writeUInt32LE(nameAt, 0);
    entry.writeBigUInt64LE(BigInt(starts[i] ?? 0), 8);
    entry.writeBigUInt64LE(BigInt(lengths[i] ?? 0), 16);
    nameAt += name.length + 1;
    return entry;
  });
  const sections: readonly GivenSection[] = [
    { name: ".text", type: CODE, content: codeOf(lengths, false) },
    {
      name: ".rela.text",
      type: RELOCATIONS,
      content: Buffer.concat(relocations),
      link: ".symtab",
      entrySize: 24,
    },
    {
      name: ".symtab",
      type: SYMBOLS,
      content: Buffer.concat([Buffer.alloc(24), section, ...symbols]),
      link: ".strtab",
      entrySize: 24,
    },
    { name: ".strtab", type: STRINGS, content: Buffer.from(`${names.join("\0")}\0`) },
  ];
  return encodeElf(sections, true);
};
