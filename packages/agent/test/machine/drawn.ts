/** Any state, any event, any situation: those that cannot be together as well. */
import * as fc from "fast-check";
import { fold, NOTHING_YET } from "../../src/ledger/fold.ts";
import { ASKED_POINTS } from "../../src/hooks/point.ts";
import type { LedgerEntry } from "../../src/ledger/entry.ts";
import type { LedgerView } from "../../src/ledger/view.ts";
import type { CheckRequest } from "../../src/machine/effect.ts";
import type { Event } from "../../src/machine/event.ts";
import type { Observed } from "../../src/machine/observed.ts";
import type { Leases } from "../../src/machine/lease.ts";
import type { OfferedRelease, ReleaseRef } from "../../src/machine/release.ts";
import type { Situation } from "../../src/machine/situation.ts";
import type { Schedule } from "../../src/window/gate.ts";
import type { State } from "../../src/machine/state.ts";

export const aRelease = (number: number, securityEpoch = 0): OfferedRelease => ({
  version: String(number),
  roothash: number.toString(16).padStart(64, "0"),
  securityEpoch,
});

export const refOf = ({ version, roothash }: ReleaseRef): ReleaseRef => ({ version, roothash });

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

const offered = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom(0, 0, 0, 1))
  .map(([number, epoch]) => aRelease(number, epoch));
const ref = offered.map(refOf);
const failure = fc.constant({ code: "E_TEST", message: "it was not to be" });
const moment = fc.constantFrom(0, NOW - HOUR, NOW - 1, NOW, NOW + 1, NOW + HOUR, NOW + 999 * HOUR);
const small = fc.integer({ min: 0, max: 9 });
const bootId = fc.constantFrom("boot-1", "boot-2");

const polling = fc.record({ checkAtMs: moment, failures: small });
const skipped = fc.constantFrom<{ readonly skipHooks?: true }>({}, { skipHooks: true });
const taking = { release: offered, byHand: fc.boolean() };
/** Only an operator passes over hooks. */
const perhapsSkipping = <S extends { readonly byHand: boolean }>(
  state: fc.Arbitrary<S>,
): fc.Arbitrary<S & { readonly skipHooks?: true }> =>
  fc.tuple(state, skipped).map(([one, skips]) => (one.byHand ? { ...one, ...skips } : one));
const postponed = { postponed: fc.constantFrom(0, 1, 3) };

export const aState: fc.Arbitrary<State> = fc.oneof(
  fc.constant<State>({ kind: "init" }),
  fc.record({ kind: fc.constant("steady" as const), polling }),
  fc.record({ kind: fc.constant("waiting" as const), release: offered, polling }),
  perhapsSkipping(
    fc.record({
      kind: fc.constant("fetching" as const),
      ...taking,
      attempts: small,
      retryAtMs: moment,
      giveUpAtMs: moment,
    }),
  ),
  perhapsSkipping(
    fc.record({
      kind: fc.constant("staged" as const),
      ...taking,
      ...postponed,
      polling,
      attempts: small,
      retryAtMs: moment,
    }),
  ),
  perhapsSkipping(
    fc.record({
      kind: fc.constant("finalizing" as const),
      ...taking,
      ...postponed,
      phase: fc.constantFrom("preflight" as const, "activating" as const, "rebooting" as const),
      bootId,
      attempts: small,
      retryAtMs: moment,
    }),
  ),
  fc.record({
    kind: fc.constant("rolling-back" as const),
    target: ref,
    from: ref,
    phase: fc.constantFrom("renaming" as const, "rebooting" as const),
    bootId,
    attempts: small,
    retryAtMs: moment,
  }),
  fc.record({
    kind: fc.constant("probation" as const),
    release: ref,
    bootId,
    sinceMs: moment,
    deadlineMs: moment,
  }),
  fc.record({ kind: fc.constant("held" as const), failure, lookAtMs: moment }),
);

const request: fc.Arbitrary<CheckRequest> = fc.oneof(
  fc.record({ take: fc.constantFrom("by-hand" as const, "by-itself" as const, "not" as const) }),
  fc.constant<CheckRequest>({ take: "by-hand", skipHooks: true }),
);
const point = fc.constantFrom(...ASKED_POINTS);

const blocker = fc.record({
  code: fc.constantFrom("up-to-date", "withdrawn"),
  message: fc.constant("there is nothing"),
  version: fc.constantFrom("1", "2", "3", "4", "5"),
});

const about = <K extends string>(kind: K): fc.Arbitrary<{ kind: K; release: ReleaseRef }> =>
  fc.record({ kind: fc.constant(kind), release: ref });

const against = <K extends string>(
  kind: K,
): fc.Arbitrary<{ kind: K; release: ReleaseRef; failure: { code: string; message: string } }> =>
  fc.record({ kind: fc.constant(kind), release: ref, failure });

export const anEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Event>({ kind: "tick" }) },
  fc.constant<Event>({ kind: "check-asked" }),
  fc.constantFrom<Event>(
    { kind: "update-asked" },
    { kind: "update-asked", to: "3" },
    { kind: "update-asked", skipHooks: true },
  ),
  fc.constantFrom<Event>(
    { kind: "rollback-asked", reason: "to see" },
    { kind: "rollback-asked", reason: "to see", to: "2", acceptEpoch: 0 },
  ),
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("offered" as const), request, release: offered }),
  },
  fc.record({ kind: fc.constant("nothing-offered" as const), request, blocker }),
  fc.record({ kind: fc.constant("check-failed" as const), request, failure }),
  { weight: 3, arbitrary: about("preflight-passed") },
  against("preflight-refused"),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("hooks-passed" as const), point, release: ref }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("hooks-held" as const),
      point,
      release: ref,
      failure: fc.constantFrom(
        { code: "HOOK_HELD", message: "not today" },
        { code: "HOOK_NOT_YET", message: "not now" },
      ),
    }),
  },
  about("sessions-none"),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("sessions-found" as const),
      release: ref,
      failure: fc.constantFrom(
        { code: "SESSIONS", message: "somebody" },
        { code: "UNFINISHED", message: "nobody answers" },
      ),
    }),
  },
  about("warn-done"),
  against("warn-failed"),
  { weight: 3, arbitrary: about("stage-done") },
  against("stage-failed"),
  about("discard-done"),
  against("discard-failed"),
  about("finalize-done"),
  against("finalize-failed"),
  about("rollback-done"),
  against("rollback-failed"),
  fc.constant<Event>({ kind: "reboot-done" }),
  fc.record({ kind: fc.constant("reboot-failed" as const), failure }),
);

/** Half of what is heard is of the release that the state is about. */
export const aStateAndEvent: fc.Arbitrary<readonly [State, Event]> = fc
  .tuple(aState, anEvent, fc.boolean())
  .map(([state, event, fits]) => [
    state,
    fits && "release" in state && "release" in event
      ? { ...event, release: { securityEpoch: 0, ...state.release } }
      : event,
  ]);

export const ledgerOf = (entries: readonly LedgerEntry[]): LedgerView => ({
  ...entries.reduce((standing, entry) => fold(standing, { ...entry, seq: 1, at: 1 }), NOTHING_YET),
  history: [],
  damage: [],
});

const entry = fc.oneof(
  fc.record({ kind: fc.constant("failed" as const), release: ref, reason: fc.constant("bad") }),
  fc.record({ kind: fc.constant("good" as const), release: ref }),
  fc.record({ kind: fc.constant("staged" as const), release: ref, securityEpoch: fc.constant(0) }),
  fc.record({ kind: fc.constant("finalized" as const), release: ref, from: ref }),
  fc.record({
    kind: fc.constant("rolled-back" as const),
    release: fc.constant(refOf(aRelease(1))),
    target: ref,
    reason: fc.constant("slow"),
  }),
  fc.record({ kind: fc.constant("pinned" as const), version: fc.constantFrom("1", "3", "4") }),
  fc.constant<LedgerEntry>({ kind: "paused" }),
);

export const observed: fc.Arbitrary<Observed> = fc.record({
  bootId,
  booted: fc.record({
    version: fc.constant("1"),
    roothash: fc.constant(aRelease(1).roothash),
    slot: fc.constant("a" as const),
    standing: fc.constantFrom(
      "good" as const,
      "good" as const,
      "good" as const,
      "counting" as const,
      "bad" as const,
      "unproven" as const,
    ),
  }),
  degraded: fc.constantFrom([], [], [], ["no /var"]),
  other: fc.oneof(
    fc.constant({ release: undefined, standing: undefined }),
    fc.record({
      release: ref,
      standing: fc.constantFrom(
        "good" as const,
        "counting" as const,
        "bad" as const,
        "staged" as const,
      ),
    }),
  ),
});

const minutesFrom = (minute: number): Schedule => ({
  timeZone: "UTC",
  windows: [{ text: "", lengthMinutes: 30, beginsOn: () => [minute] }],
  blackouts: [],
});
const SERVERS = [
  { address: "https://locks.example", group: "default" },
  { address: "https://locks.example", group: "edge" },
] as const;

const leases: fc.Arbitrary<Leases> = fc.record(
  {
    list: fc.uniqueArray(
      fc.record({
        server: fc.constantFrom(...SERVERS),
        standing: fc.constantFrom("asked" as const, "held" as const, "returning" as const),
        failures: fc.constantFrom(0, 1, 9, 400),
        retryAtMs: moment,
      }),
      { maxLength: 2, selector: ({ server }) => server },
    ),
    told: fc.constantFrom(...SERVERS.map((server) => ({ ...server, bootId: "boot-1" }))),
  },
  { requiredKeys: ["list"] },
);

/** Of the day of `NOW`, 08:00: a window is open, or opens later. */
const SCHEDULES = [minutesFrom(460), minutesFrom(500)] as const;

export const aSituation: fc.Arbitrary<Situation> = fc.record({
  nowMs: fc.constant(NOW),
  luck: fc.constantFrom(0, 0.5, 0.999),
  observed,
  ledger: fc.array(entry, { maxLength: 2 }).map(ledgerOf),
  leases,
  settings: fc.record({
    pollSeconds: fc.constantFrom(10, 600),
    strategy: fc.constantFrom(
      "immediate" as const,
      "window" as const,
      "lock" as const,
      "manual" as const,
    ),
    lockServer: fc.constantFrom(...SERVERS),
    stage: fc.constantFrom("early" as const, "at-window" as const),
    schedule: fc.constantFrom(...SCHEDULES),
    sessions: fc.record({
      postponeMinutes: fc.constantFrom(0, 10, 10, 10),
      postponeTimes: fc.constantFrom(0, 3, 3, 3),
    }),
    probationSeconds: fc.constant(600),
  }),
});
