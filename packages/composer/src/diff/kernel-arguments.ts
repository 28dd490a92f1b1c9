/** What changed on the kernel's command line. Pure. */
import { isWishedArgument, multisetDifference } from "@slipway/release";
import type { Change } from "./order.ts";

export interface ArgumentDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The value of an argument that both have once. */
  readonly changed: readonly (Change<string> & { readonly name: string })[];
  /** The same arguments in another order: for `console=` and the like the last one counts. */
  readonly isReordered: boolean;
}

export const compareArguments = (
  before: readonly string[],
  after: readonly string[],
): ArgumentDiff => {
  const [old, now] = [before.filter(isWishedArgument), after.filter(isWishedArgument)];
  const { added, removed } = multisetDifference(old, now);
  const changed = removed.flatMap((word) => {
    const name = nameOf(word);
    const [once, counterpart] = [named(old, name), named(now, name)];
    const [value] = counterpart;
    return once.length === 1 && counterpart.length === 1 && value !== undefined
      ? [{ name, before: word, after: value }]
      : [];
  });
  const paired = new Set(changed.map(({ name }) => name));
  const alone = (word: string): boolean => !paired.has(nameOf(word));
  return {
    added: added.filter(alone),
    removed: removed.filter(alone),
    changed,
    isReordered:
      added.length === 0 && removed.length === 0 && old.some((word, index) => word !== now[index]),
  };
};

export const noArgumentsDiffer = (diff: ArgumentDiff): boolean =>
  diff.added.length + diff.removed.length + diff.changed.length === 0 && !diff.isReordered;

const nameOf = (word: string): string => word.split("=", 1)[0] ?? word;

const named = (words: readonly string[], name: string): readonly string[] =>
  words.filter((word) => nameOf(word) === name);
