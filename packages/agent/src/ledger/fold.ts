/** From line to line: what a ledger amounts to. Pure, and total: lines have a meaning in whatever order they come. */
import type { ReleaseRef } from "../machine/release.ts";
import { isSame } from "../machine/release.ts";
import type { LedgerEntry, LedgerEntryKind, LedgerRecord } from "./entry.ts";
import type { ForbiddenRelease, LedgerView } from "./view.ts";

/** All that later lines build upon: a view without history and damage. */
export type Standing = Omit<LedgerView, "history" | "damage">;

export const NOTHING_YET: Standing = {
  forbidden: new Map(),
  pin: undefined,
  pause: undefined,
  floor: 0,
  epochs: new Map(),
  current: undefined,
  isCurrentGood: false,
  currentSince: undefined,
  unfinished: undefined,
};

/** More were never seen on one node; the oldest go first. */
const MOST_FORBIDDEN = 1000;
const MOST_EPOCHS = 64;

const withoutOldest = <V>(map: ReadonlyMap<string, V>, most: number): ReadonlyMap<string, V> =>
  map.size <= most ? map : new Map([...map].slice(-most));

const withEntry = <V>(map: ReadonlyMap<string, V>, key: string, value: V): Map<string, V> => {
  const changed = new Map(map);
  // What is said again counts as new.
  changed.delete(key);
  return changed.set(key, value);
};

const without = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => {
  const changed = new Map(map);
  changed.delete(key);
  return changed;
};

const forbid = (
  forbidden: ReadonlyMap<string, ForbiddenRelease>,
  added: ForbiddenRelease,
): ReadonlyMap<string, ForbiddenRelease> =>
  withoutOldest(withEntry(forbidden, added.release.roothash, added), MOST_FORBIDDEN);

const withEpoch = (
  epochs: ReadonlyMap<string, number>,
  { roothash }: ReleaseRef,
  epoch: number | undefined,
): ReadonlyMap<string, number> =>
  epoch === undefined ? epochs : withoutOldest(withEntry(epochs, roothash, epoch), MOST_EPOCHS);

/** What was begun is over when this release has come up, failed, or was given up. */
const closedBy = (
  { unfinished }: Standing,
  release: ReleaseRef,
): { readonly unfinished: Standing["unfinished"] } => {
  const awaited = unfinished?.kind === "rollback" ? unfinished.target : unfinished?.release;
  return { unfinished: isSame(awaited, release) ? undefined : unfinished };
};

type Folds = {
  readonly [K in LedgerEntryKind]: (
    before: Standing,
    entry: Extract<LedgerEntry, { readonly kind: K }>,
    at: number,
  ) => Standing;
};

const reasonOf = ({ reason }: { readonly reason?: string }): { readonly reason?: string } =>
  reason === undefined ? {} : { reason };

const FOLDS: Folds = {
  installed: (before, { release, securityEpoch }, at) => ({
    ...before,
    current: release,
    isCurrentGood: false,
    currentSince: at,
    epochs: withEpoch(before.epochs, release, securityEpoch),
  }),
  staged: (before, { release, securityEpoch }) => ({
    ...before,
    epochs: withEpoch(before.epochs, release, securityEpoch),
  }),
  dropped: (before, { release }) => ({
    ...before,
    ...closedBy(before, release),
    // What the disk still has of it is nothing that was staged.
    epochs: without(before.epochs, release.roothash),
  }),
  finalized: (before, { release, from }) => ({
    ...before,
    unfinished: { kind: "update", release, from },
  }),
  good: (before, { release, securityEpoch }, at) => {
    const epoch = securityEpoch ?? before.epochs.get(release.roothash) ?? 0;
    return {
      ...before,
      ...closedBy(before, release),
      current: release,
      isCurrentGood: true,
      currentSince: at,
      epochs: withEpoch(before.epochs, release, securityEpoch),
      floor: Math.max(before.floor, epoch),
    };
  },
  failed: (before, { release, reason }, at) => ({
    ...before,
    ...closedBy(before, release),
    forbidden: forbid(before.forbidden, { release, reason, since: at }),
  }),
  "rolled-back": (before, { release, target, reason }, at) => ({
    ...before,
    // The operator's word about the target is newer than whatever forbade it.
    forbidden: without(
      forbid(before.forbidden, { release, reason: `rolled back: ${reason}`, since: at }),
      target.roothash,
    ),
    pin: { version: target.version, reason, since: at },
    unfinished: { kind: "rollback", target, from: release },
  }),
  switched: (before, { release }, at) => ({
    ...before,
    current: release,
    isCurrentGood: false,
    currentSince: at,
    unfinished: undefined,
  }),
  "hooks-skipped": (before) => before,
  "hooks-failed": (before) => before,
  forgiven: (before, { release }) => ({
    ...before,
    forbidden: without(before.forbidden, release.roothash),
  }),
  pinned: (before, entry, at) => ({
    ...before,
    pin: { version: entry.version, ...reasonOf(entry), since: at },
  }),
  unpinned: (before) => ({ ...before, pin: undefined }),
  paused: (before, entry, at) => ({ ...before, pause: { ...reasonOf(entry), since: at } }),
  resumed: (before) => ({ ...before, pause: undefined }),
};

const apply = <K extends LedgerEntryKind>(
  before: Standing,
  {
    kind,
    entry,
    at,
  }: {
    readonly kind: K;
    readonly entry: Extract<LedgerEntry, { readonly kind: K }>;
    readonly at: number;
  },
): Standing => FOLDS[kind](before, entry, at);

/** What stands after one more line. */
export const fold = (before: Standing, record: LedgerRecord): Standing =>
  apply(before, { kind: record.kind, entry: record, at: record.at });
