/** One JSON document, complete with its line feed. */
export const jsonDocument = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** The same entries in the order of their names, so that equal outcomes give equal texts. */
export const byName = <T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
