/** Small things that every part of a comparison needs. Pure. */

/** A value of the earlier release and its counterpart of the later one. */
export interface Change<T> {
  readonly before: T;
  readonly after: T;
}

/** By UTF-16 units, the same in every locale. */
export const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** What is only in one of two lists, how often each, in the order of the lists. */
export const multisetDifference = (
  before: readonly string[],
  after: readonly string[],
): { readonly added: readonly string[]; readonly removed: readonly string[] } => ({
  added: without(after, before),
  removed: without(before, after),
});

const without = (all: readonly string[], taken: readonly string[]): readonly string[] => {
  const left = new Map<string, number>();
  for (const one of taken) left.set(one, (left.get(one) ?? 0) + 1);
  return all.filter((one) => {
    const count = left.get(one) ?? 0;
    if (count > 0) left.set(one, count - 1);
    return count === 0;
  });
};
