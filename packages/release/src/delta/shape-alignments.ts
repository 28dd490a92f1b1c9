import type { Alignment } from "./align.ts";
import type { ElfSection } from "./elf-sections.ts";
import {
  CODE_SECTION,
  elfSections,
  isX86Program,
  SECTION_TYPES,
  UNWIND_INDEX,
} from "./elf-sections.ts";
import type { Shape } from "./shapes.ts";
import { NUMBER_BYTES, recordBytes } from "./shapes.ts";

/** An alignment, and how the bytes of the target look where that is known. */
export interface ShapedAlignment extends Alignment {
  readonly shape?: Shape | undefined;
}

/** A part of a file that has one shape. */
export interface ShapedPart {
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
}

/** The parts of a file whose shape is known, in their order and without overlap. */
export const shapedParts = (file: Uint8Array): readonly ShapedPart[] => {
  const isX86 = isX86Program(file);
  const parts: ShapedPart[] = [];
  let end = 0;
  for (const section of elfSections(file).toSorted((a, b) => a.offset - b.offset)) {
    const shape = shapeOf(section, isX86);
    if (shape === undefined || section.offset < end) continue;
    parts.push({ shape, offset: section.offset, size: section.size });
    end = section.offset + section.size;
  }
  return parts;
};

const BY_NAME: ReadonlyMap<string, Shape> = new Map([
  [".BTF", "numbers"],
  [UNWIND_INDEX, "pairs"],
  [".data.rel.ro", "numbers"],
  ["__versions", "versions"],
]);

const BY_TYPE: ReadonlyMap<number, Shape> = new Map([
  [SECTION_TYPES.relocations, "relocations"],
  [SECTION_TYPES.symbols, "symbols"],
  [SECTION_TYPES.dynamicSymbols, "symbols"],
]);

const shapeOf = ({ name, type }: ElfSection, isX86: boolean): Shape | undefined =>
  BY_NAME.get(name) ??
  BY_TYPE.get(type) ??
  (isX86 && name === CODE_SECTION ? "x86-code" : undefined);

/** The alignments of a file, in order of the target, cut where its parts begin and end. */
export const shapeAlignments = (
  alignments: readonly Alignment[],
  parts: readonly ShapedPart[],
): readonly ShapedAlignment[] => alignments.flatMap((alignment) => cut(alignment, parts));

const cut = (alignment: Alignment, parts: readonly ShapedPart[]): readonly ShapedAlignment[] => {
  const { target, source, length } = alignment;
  const cuts: ShapedAlignment[] = [];
  let at = target;
  const push = (end: number, shape?: Shape): void => {
    if (end > at) cuts.push({ target: at, source: source + at - target, length: end - at, shape });
    at = Math.max(at, end);
  };
  for (const part of parts) {
    const from = Math.max(target, part.offset);
    const to = Math.min(target + length, part.offset + part.size);
    if (from >= to) continue;
    const record = recordBytes(part.shape);
    // Numbers are guessed from numbers: where those of the source stand elsewhere, bytes are all there is.
    if (record > 1 && (source - target) % NUMBER_BYTES !== 0) continue;
    const first = part.offset + Math.ceil((from - part.offset) / record) * record;
    const end = first + Math.floor((to - first) / record) * record;
    if (end <= first) continue;
    push(first);
    push(end, part.shape);
  }
  push(target + length);
  return cuts;
};
