/**
 * A BPF program as an object file that libbpf loads (ELF gABI; the kernel's "BPF instruction set", RFC 9669): what clang
 * would make of `SEC("xdp") int drop(void *ctx) { return XDP_DROP; }`. Pure.
 */

/** Eight bytes each: `r0 = XDP_DROP; exit`. */
const DROP = Buffer.from("b7000000010000009500000000000000", "hex");

const EM_BPF = 247;
const HEADER = 64;
const SECTION_HEADER = 64;
const SYMBOL = 24;

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly bytes: Buffer;
  /** Further fields of symbol tables. */
  readonly link?: number;
  readonly info?: number;
  readonly entrySize?: number;
}

const STRINGS = "\0.strtab\0xdp\0license\0.symtab\0drop\0";

/** A function over the whole of a section. */
const functionSymbol = (name: string, section: number, size: number): Buffer => {
  const bytes = Buffer.alloc(SYMBOL);
  bytes.writeUInt32LE(STRINGS.indexOf(`\0${name}\0`) + 1, 0);
  bytes.writeUInt8(0x12, 4); // STB_GLOBAL, STT_FUNC
  bytes.writeUInt16LE(section, 6);
  bytes.writeBigUInt64LE(BigInt(size), 16);
  return bytes;
};

const SECTIONS: readonly Section[] = [
  { name: "", type: 0, flags: 0, bytes: Buffer.alloc(0) },
  { name: ".strtab", type: 3, flags: 0, bytes: Buffer.from(STRINGS, "latin1") },
  { name: "xdp", type: 1, flags: 6, bytes: DROP },
  { name: "license", type: 1, flags: 3, bytes: Buffer.from("GPL\0") },
  {
    ...{ name: ".symtab", type: 2, flags: 0, link: 1, info: 1, entrySize: SYMBOL },
    bytes: Buffer.concat([Buffer.alloc(SYMBOL), functionSymbol("drop", 2, DROP.length)]),
  },
];

/** An object whose section `xdp` drops every packet. */
export const xdpDropObject = (): Buffer => {
  const header = Buffer.alloc(HEADER);
  header.write("\x7fELF\x02\x01\x01", 0, "latin1");
  header.writeUInt16LE(1, 16); // ET_REL
  header.writeUInt16LE(EM_BPF, 18);
  header.writeUInt32LE(1, 20);
  header.writeUInt16LE(HEADER, 52);
  header.writeUInt16LE(SECTION_HEADER, 58);
  header.writeUInt16LE(SECTIONS.length, 60);
  header.writeUInt16LE(1, 62);

  const contents: Buffer[] = [];
  const headers: Buffer[] = [];
  let offset = HEADER;
  for (const { name, type, flags, bytes, link = 0, info = 0, entrySize = 0 } of SECTIONS) {
    const head = Buffer.alloc(SECTION_HEADER);
    head.writeUInt32LE(name === "" ? 0 : STRINGS.indexOf(`\0${name}\0`) + 1, 0);
    head.writeUInt32LE(type, 4);
    head.writeBigUInt64LE(BigInt(flags), 8);
    head.writeBigUInt64LE(BigInt(offset), 24);
    head.writeBigUInt64LE(BigInt(bytes.length), 32);
    head.writeUInt32LE(link, 40);
    head.writeUInt32LE(info, 44);
    head.writeBigUInt64LE(8n, 48);
    head.writeBigUInt64LE(BigInt(entrySize), 56);
    headers.push(head);
    const padding = Buffer.alloc((8 - (bytes.length % 8)) % 8);
    contents.push(bytes, padding);
    offset += bytes.length + padding.length;
  }
  header.writeBigUInt64LE(BigInt(offset), 40);
  return Buffer.concat([header, ...contents, ...headers]);
};
