/** What the first bytes of an ELF file say about the machine it is for (gABI 4.1, "ELF Header"). */
export interface ElfFacts {
  readonly bits: 32 | 64;
  readonly byteOrder: "little" | "big";
  /** `e_machine`: 62 is x86-64, 183 is AArch64, 247 is BPF. */
  readonly machine: number;
}

/** Code for the kernel's virtual machine: the same on every architecture. */
export const EM_BPF = 247;

const MAGIC: readonly number[] = [0x7f, 0x45, 0x4c, 0x46];

/** Reads the first 20 bytes of a file; undefined when it is no ELF file, or ends before its machine type. */
export const elfFacts = (start: Uint8Array): ElfFacts | undefined => {
  if (start.length < 20 || MAGIC.some((byte, index) => start[index] !== byte)) return undefined;
  const bits = start[4] === 1 ? 32 : start[4] === 2 ? 64 : undefined;
  const byteOrder = start[5] === 1 ? "little" : start[5] === 2 ? "big" : undefined;
  if (bits === undefined || byteOrder === undefined) return undefined;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  return { bits, byteOrder, machine: view.getUint16(18, byteOrder === "little") };
};
