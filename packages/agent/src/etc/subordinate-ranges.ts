/** Ranges of ids that containers of an account may use. */
import type { Lines, Records } from "./records.ts";

interface Range {
  readonly first: number;
  readonly count: number;
}

const rangesOf = (lines: Lines): readonly Range[] =>
  lines.flatMap((line) => {
    const [, first = "", count = ""] = line.split(":");
    return /^[0-9]+$/.test(first) && /^[0-9]+$/.test(count)
      ? [{ first: Number(first), count: Number(count) }]
      : [];
  });

/** The first other name in `records` that has ids of these lines; undefined when nobody has. */
export const overlappingRanges = (
  lines: Lines,
  name: string,
  records: Records,
): string | undefined => {
  const wanted = rangesOf(lines);
  for (const [other, theirs] of records) {
    if (other === name) continue;
    const meets = rangesOf(theirs).some((a) =>
      wanted.some((b) => a.first < b.first + b.count && b.first < a.first + a.count),
    );
    if (meets) return other;
  }
  return undefined;
};
