/** A section to be. */
export interface GivenSection {
  readonly name: string;
  /** `SHT_…` of elf(5). */
  readonly type: number;
  readonly content: Uint8Array;
  /** The name of the section that this one refers to. */
  readonly link?: string;
  readonly entrySize?: number;
}

export const RELOCATIONS = 4;
export const SYMBOLS = 2;
export const CODE = 1;
export const STRINGS = 3;

const HEADER_BYTES = 64;

/** A 64-bit ELF file for x86-64: a library, or with `isObject` an object. */
export const encodeElf = (given: readonly GivenSection[], isObject = false): Uint8Array => {
  const names = ["", ...given.map(({ name }) => name), ".shstrtab"];
  const texts = Buffer.from(`${names.join("\0")}\0`);
  const all = [
    { name: "", type: 0, content: new Uint8Array(0) },
    ...given,
    { name: ".shstrtab", type: STRINGS, content: texts },
  ];
  let end = HEADER_BYTES;
  const placed = all.map((section) => {
    const offset = end;
    end += Math.ceil(section.content.length / 8) * 8;
    return { offset, section };
  });
  const file = Buffer.alloc(end + all.length * HEADER_BYTES);
  file.write("\x7fELF\x02\x01\x01", "latin1");
  file.writeUInt16LE(isObject ? 1 : 3, 16);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(BigInt(end), 40);
  file.writeUInt16LE(HEADER_BYTES, 58);
  file.writeUInt16LE(all.length, 60);
  file.writeUInt16LE(all.length - 1, 62);
  for (const [i, { offset, section }] of placed.entries()) {
    file.set(section.content, offset);
    const at = end + i * HEADER_BYTES;
    const nameAt = names.slice(0, i).reduce((sum, name) => sum + name.length + 1, 0);
    file.writeUInt32LE(i === 0 ? 0 : nameAt, at);
    file.writeUInt32LE(section.type, at + 4);
    file.writeBigUInt64LE(BigInt(offset), at + 24);
    file.writeBigUInt64LE(BigInt(section.content.length), at + 32);
    const link = "link" in section ? names.indexOf(section.link ?? "") : 0;
    file.writeUInt32LE(link, at + 40);
    file.writeBigUInt64LE(BigInt("entrySize" in section ? (section.entrySize ?? 0) : 0), at + 56);
  }
  return new Uint8Array(file);
};
