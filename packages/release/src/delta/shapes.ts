/**
 * What the numbers in a stretch of bytes look like, which is what they can be guessed from. A shape's place in this list is its
 * number in a delta.
 */
export const SHAPES = [
  "numbers",
  "pairs",
  "relocations",
  "symbols",
  "versions",
  "x86-code",
] as const;
export type Shape = (typeof SHAPES)[number];

/** No stretch of a shape is longer: a multiple of all shapes' records. */
export const MOST_SHAPED_BYTES: number = 48 * 1024;

export const NUMBER_BYTES = 4;

/** By how many numbers stand in a record: each of those is a context of its own. In code there are three kinds of distances. */
const COLUMNS: Readonly<Record<Shape, number>> = {
  numbers: 1,
  pairs: 2,
  relocations: 6,
  symbols: 6,
  versions: 16,
  "x86-code": 3,
};

/** For a shape its first context, and how many there are. */
interface Contexts {
  readonly first: number;
  readonly count: number;
}

/** The contexts before a shape's are those of the shapes before it. */
const contextsOf = (shape: Shape): Contexts => ({
  first: SHAPES.slice(0, SHAPES.indexOf(shape)).reduce((sum, one) => sum + COLUMNS[one], 0),
  count: COLUMNS[shape],
});

export const CONTEXTS: Readonly<Record<Shape, Contexts>> = {
  numbers: contextsOf("numbers"),
  pairs: contextsOf("pairs"),
  relocations: contextsOf("relocations"),
  symbols: contextsOf("symbols"),
  versions: contextsOf("versions"),
  "x86-code": contextsOf("x86-code"),
};

export const CONTEXT_COUNT: number = Object.values(COLUMNS).reduce((sum, count) => sum + count);

/** The length of a record in bytes; of code, which has none, one. */
export const recordBytes = (shape: Shape): number =>
  shape === "x86-code" ? 1 : COLUMNS[shape] * NUMBER_BYTES;
