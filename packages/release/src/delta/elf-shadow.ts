import type { ElfSection } from "./elf-sections.ts";
import { elfSections, SECTION_TYPES, UNWIND_INDEX } from "./elf-sections.ts";
import { NUMBER_BYTES } from "./shapes.ts";

/** Relocations and symbols have entries of one size in 64-bit files. */
const ENTRY_BYTES = 24;

const PAIR_BYTES = 2 * NUMBER_BYTES;

/** The type of a symbol that stands for a section (STT_SECTION). */
const SECTION_SYMBOL = 3;

/**
 * A copy of a file in which numbers that change all over when a little code is put in or taken out are replaced by such as do not:
 * places by their distance from the one before, symbols by what they are called. Two versions of a program are compared in
 * these copies, of the same length as the files, for what belongs together. What is no ELF file is given back as it is.
 */
export const shadowOf = (file: Uint8Array): Uint8Array => {
  const sections = elfSections(file);
  const tables = sections.filter(
    ({ type, entrySize }) => type in SHADOWS && entrySize === ENTRY_BYTES,
  );
  const indexes = sections.filter(({ name }) => name === UNWIND_INDEX);
  if (tables.length + indexes.length === 0) return file;
  const shadow = Uint8Array.from(file);
  for (const index of indexes) shadowPairs(viewOf(file, index), viewOf(shadow, index));
  for (const table of tables) SHADOWS[table.type]?.({ file, shadow, sections, table });
  return shadow;
};

interface Shadowed {
  readonly file: Uint8Array;
  readonly shadow: Uint8Array;
  readonly sections: readonly ElfSection[];
  readonly table: ElfSection;
}

const viewOf = (bytes: Uint8Array, { offset, size }: ElfSection): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset + offset, size);

/** Elf64_Sym: the name's number becomes its hash, the value nothing. */
const shadowSymbols = ({ file, shadow, sections, table }: Shadowed): void => {
  const [from, to] = [viewOf(file, table), viewOf(shadow, table)];
  const names = stringsOf(file, sections[table.link]);
  for (let at = 0; at + ENTRY_BYTES <= table.size; at += ENTRY_BYTES) {
    to.setUint32(at, hashAt(names, from.getUint32(at, true)), true);
    to.setUint32(at + 8, 0, true);
  }
};

/** Each place becomes its distance from the one above it. */
const shadowPairs = (from: DataView, to: DataView): void => {
  for (let at = PAIR_BYTES; at + NUMBER_BYTES <= from.byteLength; at += NUMBER_BYTES) {
    to.setInt32(at, from.getInt32(at, true) - from.getInt32(at - PAIR_BYTES, true), true);
  }
};

/** Elf64_Rela: the place becomes the distance from the last, the symbol the hash of its name, and so on. */
const shadowRelocations = ({ file, shadow, sections, table }: Shadowed): void => {
  const [from, to] = [viewOf(file, table), viewOf(shadow, table)];
  const symbols = symbolsOf(file, sections, table.link);
  const lastAddend = new Map<number, number>();
  let lastPlace = 0;
  for (let at = 0; at + ENTRY_BYTES <= table.size; at += ENTRY_BYTES) {
    const [place, symbol, addend] = [
      from.getUint32(at, true),
      from.getUint32(at + 12, true),
      from.getUint32(at + 16, true),
    ];
    const { hash, isSection } = symbols(symbol);
    to.setUint32(at, place - lastPlace, true);
    to.setUint32(at + 12, hash, true);
    if (isSection) to.setUint32(at + 16, addend - (lastAddend.get(symbol) ?? 0), true);
    lastPlace = place;
    lastAddend.set(symbol, addend);
  }
};

const SHADOWS: Readonly<Record<number, (shadowed: Shadowed) => void>> = {
  [SECTION_TYPES.symbols]: shadowSymbols,
  [SECTION_TYPES.dynamicSymbols]: shadowSymbols,
  [SECTION_TYPES.relocations]: shadowRelocations,
};

interface SymbolIdentity {
  readonly hash: number;
  readonly isSection: boolean;
}

const symbolsOf = (
  file: Uint8Array,
  sections: readonly ElfSection[],
  link: number,
): ((index: number) => SymbolIdentity) => {
  const table = sections[link];
  if (table === undefined) return (index) => ({ hash: index, isSection: false });
  const entries = viewOf(file, table);
  const names = stringsOf(file, sections[table.link]);
  return (index) => {
    const at = index * ENTRY_BYTES;
    if (at + ENTRY_BYTES > table.size) return { hash: index, isSection: false };
    // The first symbol is none: then the addend alone is a place, as behind a section.
    const isSection = index === 0 || (entries.getUint8(at + 4) & 15) === SECTION_SYMBOL;
    // A section has no name of its own; its number in the file is as good, and changes seldom.
    const hash = isSection
      ? entries.getUint16(at + 6, true)
      : hashAt(names, entries.getUint32(at, true));
    return { hash, isSection };
  };
};

const stringsOf = (file: Uint8Array, section: ElfSection | undefined): Uint8Array =>
  section === undefined
    ? file.subarray(0, 0)
    : file.subarray(section.offset, section.offset + section.size);

/** FNV-1a of the text that begins there. */
const hashAt = (texts: Uint8Array, start: number): number => {
  let hash = 0x811c9dc5;
  for (let i = start; i < texts.length && texts[i] !== 0; i++) {
    hash = Math.imul(hash ^ (texts[i] ?? 0), 0x01000193);
  }
  return hash >>> 0;
};
