/** The little of an ELF file that tells which libraries it needs (System V gABI, chapters 4 and 5; 64 bit, little-endian). */

export interface ElfFacts {
  /** `e_machine`: 62 is x86-64, 183 is AArch64. */
  readonly machine: number;
  /** The program loader, absolute; libraries have none. */
  readonly interpreter: string | undefined;
  /** Names of libraries to be found on the search path. */
  readonly needed: readonly string[];
  /** Directories searched before the usual ones; `$ORIGIN` unexpanded. */
  readonly runpath: readonly string[];
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
const HEADER_SIZE = 64;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Undefined for what is no ELF file; throws `RangeError` for one that is cut short. */
export const readElf = (bytes: Uint8Array): ElfFacts | undefined => {
  if (bytes.length < HEADER_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isElf64 = view.getUint32(0) === 0x7f454c46 && view.getUint16(4) === 0x0201;
  if (!isElf64) return undefined;
  // 64-bit fields stay below 2^53 in any file we could hold in memory.
  const word = (at: number): number => Number(view.getBigUint64(at, true));
  const segments = readSegments(view, word);
  const text = (at: number): string => {
    const end = bytes.indexOf(0, at);
    return Buffer.from(bytes.subarray(at, end === -1 ? bytes.length : end)).toString("latin1");
  };
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = readDynamic(segments, word);
  const strings = dynamic.find(([tag]) => tag === DT_STRTAB)?.[1];
  const stringsAt = strings === undefined ? undefined : fileOffset(segments, strings);
  const named = (wanted: number): readonly string[] =>
    stringsAt === undefined
      ? []
      : dynamic.filter(([tag]) => tag === wanted).map(([, value]) => text(stringsAt + value));
  return {
    machine: view.getUint16(18, true),
    interpreter: interpreter === undefined ? undefined : text(interpreter.offset),
    needed: named(DT_NEEDED),
    runpath: [...named(DT_RUNPATH), ...named(DT_RPATH)].flatMap((list) => list.split(":")),
  };
};

const readSegments = (view: DataView, word: (at: number) => number): readonly Segment[] => {
  const start = word(32);
  const entrySize = view.getUint16(54, true);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const at = start + index * entrySize;
    return {
      type: view.getUint32(at, true),
      offset: word(at + 8),
      address: word(at + 16),
      size: word(at + 32),
    };
  });
};

const readDynamic = (
  segments: readonly Segment[],
  word: (at: number) => number,
): readonly (readonly [tag: number, value: number])[] => {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  return Array.from({ length: Math.floor(dynamic.size / 16) }, (_, index) => {
    const at = dynamic.offset + index * 16;
    return [word(at), word(at + 8)] as const;
  });
};

const fileOffset = (segments: readonly Segment[], address: number): number | undefined => {
  const holder = segments.find(
    (one) => one.type === PT_LOAD && address >= one.address && address < one.address + one.size,
  );
  return holder === undefined ? undefined : address - holder.address + holder.offset;
};
