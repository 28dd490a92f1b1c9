/** Where in an ELF file which table is: as much as helps to compare two of them. */

/** A section of an ELF file, as its header describes it. */
export interface ElfSection {
  readonly name: string;
  /** `SHT_…` of elf(5). */
  readonly type: number;
  /** Place and size in the file, in bytes; both lie within it. */
  readonly offset: number;
  readonly size: number;
  /** The number of the section that this one refers to, such as the symbols of relocations. */
  readonly link: number;
  /** Bytes of an entry, where the section is a table. */
  readonly entrySize: number;
}

export const SECTION_TYPES = { symbols: 2, relocations: 4, noBits: 8, dynamicSymbols: 11 } as const;

const HEADER_BYTES = 64;
const SECTION_HEADER_BYTES = 64;

/** `EI_CLASS` and `EI_DATA` of 64-bit files, the least significant byte first. */
const MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1];

const MOST_SECTIONS = 65_280;

/** The sections of a 64-bit little-endian ELF file; none of anything else, or of what is broken. */
export const elfSections = (file: Uint8Array): readonly ElfSection[] => {
  if (file.length < HEADER_BYTES || MAGIC.some((byte, i) => file[i] !== byte)) return [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const table = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  if (view.getUint16(58, true) !== SECTION_HEADER_BYTES || count > MOST_SECTIONS) return [];
  if (table + count * SECTION_HEADER_BYTES > file.length) return [];
  const names = view.getUint16(62, true);
  if (names >= count) return [];
  const nameBytes = contentOf(file, view, table + names * SECTION_HEADER_BYTES);
  return Array.from({ length: count }, (_, i) => {
    const at = table + i * SECTION_HEADER_BYTES;
    const content = contentOf(file, view, at);
    return {
      name: textAt(nameBytes, view.getUint32(at, true)),
      type: view.getUint32(at + 4, true),
      offset: content.byteOffset - file.byteOffset,
      size: content.length,
      link: view.getUint32(at + 40, true),
      entrySize: Number(view.getBigUint64(at + 56, true)),
    };
  });
};

/** Where linkers put the code of programs and libraries. */
export const CODE_SECTION = ".text";

/** A sorted table of functions and where it is said how to unwind them, in pairs of places. */
export const UNWIND_INDEX = ".eh_frame_hdr";

/** `e_machine` of x86-64, and `e_type` of objects that are yet to be linked. */
const MACHINE_X86_64 = 62;
const TYPE_OBJECT = 1;

/** Whether this is a program or library for x86-64; in the code of an object there are no distances yet. */
export const isX86Program = (file: Uint8Array): boolean =>
  file.length >= HEADER_BYTES &&
  MAGIC.every((byte, i) => file[i] === byte) &&
  file[16] !== TYPE_OBJECT &&
  (file[18] ?? 0) + (file[19] ?? 0) * 256 === MACHINE_X86_64;

/** What a section holds; nothing where that would not lie in the file, or is only there in memory. */
const contentOf = (file: Uint8Array, view: DataView, header: number): Uint8Array => {
  const offset = Number(view.getBigUint64(header + 24, true));
  const size = Number(view.getBigUint64(header + 32, true));
  const isInFile = view.getUint32(header + 4, true) !== SECTION_TYPES.noBits;
  return isInFile && offset + size <= file.length
    ? file.subarray(offset, offset + size)
    : file.subarray(0, 0);
};

const textAt = (bytes: Uint8Array, start: number): string => {
  const end = bytes.indexOf(0, start);
  return end === -1 ? "" : Buffer.from(bytes.subarray(start, end)).toString("latin1");
};
