/**
 * What the disk says and the ledger does not know yet. After a crash, a reboot, a fallback or a hand in the loader's menu the disk is right: the ledger is
 * told, one line at a time, until the two agree.
 */
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LedgerView } from "../ledger/view.ts";
import type { Journal } from "./journal.ts";
import type { Observed } from "./observed.ts";
import { isSame, type ReleaseRef } from "./release.ts";

export interface Known {
  readonly observed: Observed;
  readonly ledger: Pick<
    LedgerView,
    "current" | "isCurrentGood" | "unfinished" | "forbidden" | "epochs"
  >;
  readonly journal: Pick<Journal, "state"> | undefined;
}

/** So many reboots that lead elsewhere, and a release counts as one that cannot be booted. */
export const MOST_REBOOTS = 3;

const refOf = ({ version, roothash }: ReleaseRef): ReleaseRef => ({ version, roothash });

const good = ({ observed: { booted }, ledger }: Known): LedgerEntry => {
  const epoch = ledger.epochs.get(booted.roothash) ?? booted.securityEpoch;
  return {
    kind: "good",
    release: refOf(booted),
    ...(epoch === undefined ? {} : { securityEpoch: epoch }),
  };
};

const failed = (release: ReleaseRef, reason: string): LedgerEntry => ({
  kind: "failed",
  release: refOf(release),
  reason,
});

/** One that failed is told once. */
const failedBooted = ({ observed: { booted }, ledger }: Known): LedgerEntry | undefined =>
  ledger.forbidden.has(booted.roothash)
    ? undefined
    : failed(booted, "it has no tries left, and nobody has blessed it");

/** The loader was asked to boot it as often as that is reasonable, and boots something else although tries are left. */
const isPassedOver = ({ observed, journal }: Known, release: ReleaseRef): boolean => {
  const state = journal?.state;
  return (
    state?.kind === "finalizing" &&
    isSame(state.release, release) &&
    state.attempts >= MOST_REBOOTS &&
    state.bootId !== observed.bootId
  );
};

const aboutUpdate = (known: Known, release: ReleaseRef): LedgerEntry | undefined => {
  const { booted, other } = known.observed;
  if (isSame(booted, release)) {
    if (booted.standing === "good") return good(known);
    return booted.standing === "bad" ? failedBooted(known) : undefined;
  }
  const back = `this node is back on ${booted.version}`;
  if (!isSame(other.release, release))
    return failed(release, `its boot entry or its slot is gone: ${back}`);
  switch (other.standing) {
    case "staged":
      return undefined;
    case "counting":
      return isPassedOver(known, release)
        ? failed(release, `the loader does not boot it: ${back}`)
        : undefined;
    case "good":
      // It was blessed when nobody was there to write it down, and somebody chose another one since.
      return { kind: "good", release };
    case "bad":
    case undefined:
      return failed(release, `it did not come up: ${back}`);
  }
};

const aboutRollback = (
  known: Known,
  target: ReleaseRef,
  from: ReleaseRef,
): LedgerEntry | undefined => {
  const { booted, other, bootId } = known.observed;
  const state = known.journal?.state;
  if (isSame(booted, target)) {
    if (booted.standing === "good") return good(known);
    return booted.standing === "bad"
      ? failed(booted, "it did not come up when it was rolled back to")
      : undefined;
  }
  if (!isSame(other.release, target))
    return failed(target, "it was to be rolled back to, and is in no slot any more");
  // Before its entry is armed it may be bad from earlier: only a reboot that led back here says that it has failed.
  const hasRebooted =
    state?.kind === "rolling-back" && state.phase === "rebooting" && state.bootId !== bootId;
  return hasRebooted && isSame(booted, from) && other.standing === "bad"
    ? failed(
        target,
        `it did not come up when it was rolled back to: this node is back on ${booted.version}`,
      )
    : undefined;
};

const aboutBooted = (known: Known): LedgerEntry | undefined => {
  const { observed, ledger } = known;
  const { booted, other } = observed;
  const { current } = ledger;
  if (current === undefined) return installed(known);
  if (booted.standing === "bad") return failedBooted(known);
  if (isSame(booted, current))
    return booted.standing === "good" && !ledger.isCurrentGood ? good(known) : undefined;
  const hasGivenWay = isSame(other.release, current) && other.standing === "bad";
  if (hasGivenWay && !ledger.forbidden.has(current.roothash))
    return failed(
      current,
      `it came up no longer after it had been good: this node is back on ${booted.version}`,
    );
  if (booted.standing !== "good") return undefined;
  return hasGivenWay
    ? good(known)
    : { kind: "switched", release: refOf(booted), from: refOf(current) };
};

const installed = ({ observed: { booted } }: Known): LedgerEntry => ({
  kind: "installed",
  release: refOf(booted),
  ...(booted.securityEpoch === undefined ? {} : { securityEpoch: booted.securityEpoch }),
});

/**
 * The next line that the ledger lacks, or nothing when it agrees with the disk. On a degraded node and after a boot that nobody can prove nothing is
 * concluded: /var is not the node's, or what runs says nothing about what boots.
 */
export const discrepancy = (known: Known): LedgerEntry | undefined => {
  const { observed, ledger } = known;
  if (observed.degraded.length > 0 || observed.booted.standing === "unproven") return undefined;
  const { unfinished } = ledger;
  if (unfinished?.kind === "rollback") {
    const { target, from } = unfinished;
    const entry = aboutRollback(known, target, from);
    // That the entry of the one that is left is bad is the rollback's own doing, whoever is booted on the way.
    const isOnItsWay = isSame(observed.booted, from) || isSame(observed.booted, target);
    return entry ?? (isOnItsWay ? undefined : aboutBooted(known));
  }
  const entry = unfinished === undefined ? undefined : aboutUpdate(known, unfinished.release);
  return entry ?? aboutBooted(known);
};
