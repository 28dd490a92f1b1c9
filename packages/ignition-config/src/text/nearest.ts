/** Keys longer than this are not compared: the cost is quadratic in their length and nobody misspells so much. */
const LONGEST_COMPARED = 40;
/** Of more candidates, which only a document itself can bring along, the first are enough for a suggestion. */
const MOST_COMPARED = 500;

const plain = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** Edits (insert, delete, replace, swap neighbours) between two words. */
const editDistance = (left: string, right: string): number => {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) {
        cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
};

/**
 * The candidate that `word` is most likely a misspelling of, if any is near: other case and separators
 * (`shouldExist` for `should_exist`) are nearest, then up to one edit in three letters.
 */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  if (word.length > LONGEST_COMPARED) return undefined;
  const wanted = plain(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates.slice(0, MOST_COMPARED)) {
    const known = plain(candidate);
    // Half a name is nearer than most misspelt ones: `home` for `home_dir`.
    if (wanted.length >= 3 && known.startsWith(wanted) && bestDistance > 1) {
      best = candidate;
      bestDistance = 1;
    }
    if (Math.abs(known.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, known);
    // A word of one or two letters is near everything: then only its spelling may differ.
    if (wanted.length <= 2 && distance > 0) continue;
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
};
