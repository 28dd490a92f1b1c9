/** subuid(5) and subgid(5): ids that users may give to their containers. */
import type { SubordinateRange } from "./account-defaults.ts";
import { formatLines, type Parsed, parseCount, parseLines } from "./lines.ts";

export interface SubordinateIds {
  /** A name, or a user id as text. */
  readonly owner: string;
  readonly first: number;
  readonly count: number;
}

export const parseSubordinateIds = (text: string, file: string): Parsed<SubordinateIds> =>
  parseLines(file, text, 3, ({ fields, say }) => {
    const [owner = "", firstText = "", countText = ""] = fields;
    const first = parseCount(firstText);
    const count = parseCount(countText);
    if (owner === "") return void say("has no owner");
    if (first === undefined || count === undefined) return void say("has no range of ids");
    return { owner, first, count };
  });

export const formatSubordinateIds = (entries: readonly SubordinateIds[]): string =>
  formatLines(entries.map(({ owner, first, count }) => `${owner}:${first}:${count}`));

/** Gives a user the lowest gap that is wide enough; nothing changes where there is none, or the user has a range. */
export const withSubordinateIds = (
  entries: readonly SubordinateIds[],
  owner: string,
  range: SubordinateRange,
): readonly SubordinateIds[] => {
  if (range.count === 0 || entries.some((entry) => entry.owner === owner)) return entries;
  let first = range.first;
  for (const entry of [...entries].sort((a, b) => a.first - b.first)) {
    if (entry.first + entry.count <= first) continue;
    if (entry.first - first >= range.count) break;
    first = entry.first + entry.count;
  }
  return first + range.count - 1 > range.last
    ? entries
    : [...entries, { owner, first, count: range.count }];
};
