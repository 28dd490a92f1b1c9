/** Ids for accounts that do not name one. */
import type { AccountDefaults, IdRange } from "./account-defaults.ts";

export interface FreeIdRequest {
  /** Ids in use, and ids that must not be used again. */
  readonly taken: ReadonlySet<number>;
  readonly range: IdRange;
  /** System accounts count down from the range's end, ordinary ones up from its start. */
  readonly direction: "down" | "up";
  /** Taken if it is free and in the range. */
  readonly preferred?: number | undefined;
}

/**
 * The id that useradd and groupadd would give: one beyond the outermost one in use, so that an id just given up is not
 * given away at once; where that end is reached, the first free one. Undefined when the range is full.
 */
export const freeId = ({
  taken,
  range,
  direction,
  preferred,
}: FreeIdRequest): number | undefined => {
  const { first, last } = range;
  const isFree = (id: number): boolean => id >= first && id <= last && !taken.has(id);
  if (preferred !== undefined && isFree(preferred)) return preferred;
  const used = [...taken].filter((id) => id >= first && id <= last);
  const beyond =
    direction === "down"
      ? used.reduce((lowest, id) => Math.min(lowest, id - 1), last)
      : used.reduce((highest, id) => Math.max(highest, id + 1), first);
  if (isFree(beyond)) return beyond;
  if (direction === "down") {
    for (let id = last; id >= first; id -= 1) if (isFree(id)) return id;
  } else {
    for (let id = first; id <= last; id += 1) if (isFree(id)) return id;
  }
  return undefined;
};

/** Which range an account's id comes from, and from which end. */
export const userIdRange = (
  defaults: AccountDefaults,
  isSystem: boolean,
): Pick<FreeIdRequest, "range" | "direction"> =>
  isSystem
    ? { range: defaults.systemUserIds, direction: "down" }
    : { range: defaults.userIds, direction: "up" };

export const groupIdRange = (
  defaults: AccountDefaults,
  isSystem: boolean,
): Pick<FreeIdRequest, "range" | "direction"> =>
  isSystem
    ? { range: defaults.systemGroupIds, direction: "down" }
    : { range: defaults.groupIds, direction: "up" };
