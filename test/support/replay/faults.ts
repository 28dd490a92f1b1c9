/** Logs of nodes that do something in the wrong order, made from the log of one that does not: whoever judges disks has to tell. Pure. */
import type { LoggedWrite } from "@slipway/composer/testing";

export type Entries = readonly LoggedWrite[];

/** A disk that lies: what was flushed in these entries was not. */
export const withoutFlushes = (entries: Entries, from: number, until: number): Entries =>
  entries.filter(({ kind }, index) => kind !== "flush" || index < from || index >= until);

export const withoutEntry = (entries: Entries, at: number): Entries => entries.toSpliced(at, 1);

/** Some entries come earlier than they should, in their order. */
export const movedBefore = (
  entries: Entries,
  before: number,
  isMoved: (entry: LoggedWrite, index: number) => boolean,
): Entries => {
  const moved = entries.filter((entry, index) => index >= before && isMoved(entry, index));
  const later = entries.filter((entry, index) => index >= before && !isMoved(entry, index));
  return [...entries.slice(0, before), ...moved, ...later];
};
