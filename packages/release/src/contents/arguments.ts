/** Kernel arguments of two releases against each other. Pure. */

/** They say which root this is, and differ between any two releases. */
const IDENTITY: ReadonlySet<string> = new Set([
  "roothash",
  "systemd.verity_root_data",
  "systemd.verity_root_hash",
]);

/** Whether somebody wished for an argument: those that name the release's own root are nobody's wish. */
export const isWishedArgument = (word: string): boolean =>
  !IDENTITY.has(word.split("=", 1)[0] ?? word);

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
