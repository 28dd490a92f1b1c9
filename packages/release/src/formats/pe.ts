import type { ByteSource } from "../delta/byte-source.ts";
import { readRange } from "./read-range.ts";
import { fieldsOf } from "./fields.ts";
import { FormatError } from "./format-error.ts";

/** A section of an EFI program. */
export interface PeSection {
  readonly name: string;
  /** Bytes that mean something; the rest of `storedSize` is padding. */
  readonly size: number;
  /** Place and size in the file, in bytes. */
  readonly offset: number;
  readonly storedSize: number;
}

export interface PeFile {
  /** COFF machine type, such as 0x8664 for x86-64 and 0xaa64 for AArch64. */
  readonly machine: number;
  /** 10 is an EFI application. */
  readonly subsystem: number;
  /** Whether a certificate table is attached, as Secure Boot signing does; the signature is not verified. */
  readonly isSigned: boolean;
  /** In the order of the file. */
  readonly sections: readonly PeSection[];
}

const PE = "PE";

/** COFF allows 96 sections to what Windows loads; a UKI has about a dozen. */
const MAX_SECTIONS = 96;

/** Reads the headers of an EFI program: Microsoft PE/COFF specification, "File Headers" and "Section Table". */
export const readPe = async (file: ByteSource): Promise<PeFile> => {
  const dos = fieldsOf(await readRange(file, PE, "the DOS header", 0, 64), PE);
  if (dos.ascii(0, 2) !== "MZ") throw new FormatError("NOT_THIS_FORMAT", PE, "no DOS header");
  const start = dos.u32(0x3c);
  const coff = fieldsOf(await readRange(file, PE, "the COFF header", start, 24), PE);
  if (coff.u32(0) !== 0x4550) throw new FormatError("NOT_THIS_FORMAT", PE, "no PE signature");
  const count = coff.u16(6);
  const optionalSize = coff.u16(20);
  if (count > MAX_SECTIONS) {
    throw new FormatError("OUT_OF_RANGE", PE, `${count} sections, and ${MAX_SECTIONS} are allowed`);
  }
  const optional = fieldsOf(
    await readRange(file, PE, "the optional header", start + 24, optionalSize),
    PE,
  );
  // PE32+; UEFI 2.10, section 2.1.1 has no other for 64-bit machines.
  if (optional.u16(0) !== 0x20b) {
    throw new FormatError("UNSUPPORTED", PE, "not a program for a 64-bit machine (PE32+)");
  }
  const table = await readRange(
    file,
    PE,
    "the section table",
    start + 24 + optionalSize,
    count * 40,
  );
  return {
    machine: coff.u16(4),
    subsystem: optional.u16(68),
    isSigned: hasCertificates(optional),
    sections: Array.from({ length: count }, (_, index) =>
      decodeSection(table.subarray(index * 40, index * 40 + 40), file.size),
    ),
  };
};

/** The certificate table is the fifth data directory; the directories may be cut short. */
const hasCertificates = (optional: ReturnType<typeof fieldsOf>): boolean =>
  optional.length >= 152 && optional.u32(108) > 4 && optional.u32(148) > 0;

const decodeSection = (bytes: Uint8Array, fileSize: number): PeSection => {
  const fields = fieldsOf(bytes, PE);
  const name = fields.ascii(0, 8);
  const virtualSize = fields.u32(8);
  const storedSize = fields.u32(16);
  const offset = fields.u32(20);
  if (storedSize > 0 && offset + storedSize > fileSize) {
    throw new FormatError(
      "TRUNCATED",
      PE,
      `the section ${JSON.stringify(name)} would end at byte ${offset + storedSize}, and there are ${fileSize}`,
    );
  }
  return { name, size: Math.min(virtualSize, storedSize), offset, storedSize };
};
