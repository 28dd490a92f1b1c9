/**
 * What the numbers in a stretch of bytes look like, which is what they can be guessed from. A shape's place in this list is its
 * number in a delta.
 */
export const SHAPES = ["numbers", "relocations", "symbols", "versions", "x86-code"] as const;
export type Shape = (typeof SHAPES)[number];

/** No stretch of a shape is longer: a multiple of all shapes' records. */
export const MOST_SHAPED_BYTES: number = 48 * 1024;

export const NUMBER_BYTES = 4;

/** Tables of numbers by how many stand in a record: each of those is a context of its own. */
const COLUMNS: Readonly<Record<Exclude<Shape, "x86-code">, number>> = {
  numbers: 1,
  relocations: 6,
  symbols: 6,
  versions: 16,
};

/** For a shape its first context, and how many there are. */
interface Contexts {
  readonly first: number;
  readonly count: number;
}

const contextsOf = (): Readonly<Record<Shape, Contexts>> & { readonly total: number } => {
  const { numbers, relocations, symbols, versions } = COLUMNS;
  return {
    numbers: { first: 0, count: numbers },
    relocations: { first: numbers, count: relocations },
    symbols: { first: numbers + relocations, count: symbols },
    versions: { first: numbers + relocations + symbols, count: versions },
    "x86-code": { first: numbers + relocations + symbols + versions, count: 3 },
    total: numbers + relocations + symbols + versions + 3,
  };
};

export const CONTEXTS: ReturnType<typeof contextsOf> = contextsOf();

/** The length of a record in bytes; of code, which has none, one. */
export const recordBytes = (shape: Shape): number =>
  shape === "x86-code" ? 1 : CONTEXTS[shape].count * NUMBER_BYTES;
