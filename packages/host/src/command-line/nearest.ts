/** How many edits lie between two words: a letter more, less, other, or two neighbours swapped. */
const distance = (left: string, right: string): number => {
  const rows: number[][] = [];
  for (let i = 0; i <= left.length; i += 1) {
    const row: number[] = [i];
    for (let j = 1; j <= right.length; j += 1) {
      if (i === 0) {
        row.push(j);
        continue;
      }
      const same = left[i - 1] === right[j - 1];
      let least = Math.min(
        (rows[i - 1]?.[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (rows[i - 1]?.[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        least = Math.min(least, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return rows[left.length]?.[right.length] ?? 0;
};

/** The longest that anybody misspells; the cost is quadratic. */
const LONGEST = 40;

/** Shorter beginnings than this are those of too many words. */
const SHORTEST = 3;

const begins = (word: string, beginning: string): boolean =>
  beginning.length >= SHORTEST && word.startsWith(beginning);

/**
 * The word meant: the only one that begins so (`valid`) or that it begins with (`output` for `out`), or else the one
 * with the fewest edits, at most one in three letters.
 */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
  if (word.length > LONGEST) return undefined;
  const wanted = word.toLowerCase();
  const begun = words.filter((candidate) => begins(candidate, wanted) || begins(wanted, candidate));
  if (begun.length === 1) return begun[0];
  const [best] = words
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate) }))
    .filter(({ edits, candidate }) => edits * 3 <= Math.max(wanted.length, candidate.length))
    .toSorted((a, b) => a.edits - b.edits);
  return best?.candidate;
};
