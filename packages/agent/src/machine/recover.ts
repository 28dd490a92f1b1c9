/** Where a node is when the agent begins anew: after a kill, a reboot, a fallback, or simply in its next run. What the disk says wins. */
import type { Failure } from "../errors.ts";
import { writeBlocker } from "./guards.ts";
import type { Journal } from "./journal.ts";
import { isSame, type OfferedRelease, type ReleaseRef } from "./release.ts";
import type { Situation } from "./situation.ts";
import type { Finalizing, Held, Polling, Probation, RollingBack, Staged, State } from "./state.ts";
import { takingOf } from "./taking.ts";
import { firstCheckAt, HELD_FOR, REBOOT_RETRY, retryAt, SECOND } from "./time.ts";

/** The states in which a release is being taken, with what is known of how. */
const takenBefore = (
  journal: Journal | undefined,
  release: ReleaseRef,
): Staged | Finalizing | undefined => {
  const state = journal?.state;
  const isTaking = state?.kind === "staged" || state?.kind === "finalizing";
  return isTaking && isSame(state.release, release) ? state : undefined;
};

const offeredAs = (release: ReleaseRef, { ledger }: Situation): OfferedRelease => ({
  version: release.version,
  roothash: release.roothash,
  securityEpoch: ledger.epochs.get(release.roothash) ?? 0,
});

const freshPolling = (situation: Situation): Polling => ({
  checkAtMs: firstCheckAt(situation, situation.settings),
  failures: 0,
});

const steadyNow = (situation: Situation): State => ({
  kind: "steady",
  polling: freshPolling(situation),
});

const heldBy = (failure: Failure, journal: Journal | undefined, { nowMs }: Situation): Held => {
  const lookAtMs = nowMs + HELD_FOR;
  const before = journal?.state;
  return before?.kind === "held" && before.failure.code === failure.code
    ? { ...before, failure, lookAtMs }
    : { kind: "held", failure, lookAtMs };
};

const onProbation = (journal: Journal | undefined, situation: Situation): Probation => {
  const { bootId, booted } = situation.observed;
  const before = journal?.state;
  if (before?.kind === "probation" && before.bootId === bootId && isSame(before.release, booted))
    return before;
  return {
    kind: "probation",
    release: { version: booted.version, roothash: booted.roothash },
    bootId,
    sinceMs: situation.nowMs,
    deadlineMs: situation.nowMs + situation.settings.probationSeconds * SECOND,
  };
};

/** In another boot the entries are looked at again: what was renamed may not have reached the disk. */
const goOnRollingBack = (
  { target, from }: { readonly target: ReleaseRef; readonly from: ReleaseRef },
  journal: Journal | undefined,
  { observed, nowMs }: Situation,
): RollingBack => {
  const before = journal?.state;
  const isKnown = before?.kind === "rolling-back" && isSame(before.target, target);
  if (isKnown && before.bootId === observed.bootId) return before;
  return {
    kind: "rolling-back",
    target,
    from,
    phase: "renaming",
    bootId: observed.bootId,
    attempts: isKnown ? before.attempts : 0,
    retryAtMs: nowMs,
  };
};

/** Its entry has its name: nothing is left but to boot it. */
const goOnRebooting = (
  release: ReleaseRef,
  journal: Journal | undefined,
  situation: Situation,
): Finalizing => {
  const { observed, nowMs } = situation;
  const before = takenBefore(journal, release);
  const finalizing = before?.kind === "finalizing" ? before : undefined;
  const isSameBoot = finalizing?.bootId === observed.bootId;
  return {
    kind: "finalizing",
    release: before?.release ?? offeredAs(release, situation),
    byHand: before?.byHand ?? false,
    phase: "rebooting",
    bootId: observed.bootId,
    attempts: (finalizing?.attempts ?? 0) + (isSameBoot ? 0 : 1),
    retryAtMs:
      isSameBoot && finalizing.phase === "rebooting" ? finalizing.retryAtMs : nowMs + REBOOT_RETRY,
  };
};

const goOnStaged = (
  release: ReleaseRef,
  journal: Journal | undefined,
  situation: Situation,
): Staged => {
  const before = takenBefore(journal, release);
  if (before?.kind === "staged") return before;
  // Finalizing was cut before the entry had its name: that counts as an attempt, lest one that ends the agent be made for ever.
  const attempts = before === undefined ? 0 : before.attempts + 1;
  return {
    kind: "staged",
    ...takingOf(before ?? { release: offeredAs(release, situation), byHand: false }),
    ...(before?.postponed === undefined ? {} : { postponed: before.postponed }),
    polling: freshPolling(situation),
    attempts,
    retryAtMs: attempts === 0 ? situation.nowMs : retryAt(situation, attempts),
  };
};

/** What the journal says, where the disk has nothing to say about it. */
const goOnAsBefore = (journal: Journal | undefined, situation: Situation): State => {
  const state = journal?.state;
  switch (state?.kind) {
    case "steady":
    case "waiting":
      return state;
    case "fetching":
      return isSame(state.release, situation.observed.booted) ? steadyNow(situation) : state;
    case "staged":
    case "finalizing":
    case "rolling-back":
    case "probation":
    case "held":
    case "init":
    case undefined:
      return steadyNow(situation);
  }
};

/**
 * The state to go on from. The ledger agrees with the disk already (see `discrepancy`).
 * @param journal nothing where there is none that can be read: then the disk and the ledger are enough.
 */
export const resume = (journal: Journal | undefined, situation: Situation): State => {
  const { observed, ledger } = situation;
  const { booted, other } = observed;
  const { unfinished } = ledger;
  const blocker = writeBlocker(observed);
  if (blocker?.code === "ON_PROBATION") return onProbation(journal, situation);
  if (
    unfinished?.kind === "rollback" &&
    isSame(booted, unfinished.from) &&
    (blocker === undefined || blocker.code === "BOOTED_IS_BAD")
  )
    return goOnRollingBack(unfinished, journal, situation);
  if (blocker !== undefined) return heldBy(blocker, journal, situation);
  const { release, standing } = other;
  if (release === undefined) return goOnAsBefore(journal, situation);
  if (
    unfinished?.kind === "update" &&
    standing === "counting" &&
    isSame(unfinished.release, release)
  )
    return goOnRebooting(release, journal, situation);
  if (standing !== "staged") return goOnAsBefore(journal, situation);
  const state = journal?.state;
  // Staging is gone on with, which finds that all is there and writes it down.
  const isBeingFetched = state?.kind === "fetching" && !isSame(state.release, booted);
  const isWrittenDown = ledger.epochs.has(release.roothash);
  return isBeingFetched || !isWrittenDown
    ? goOnAsBefore(journal, situation)
    : goOnStaged(release, journal, situation);
};
