import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import type { Event } from "../../src/machine/event.ts";
import { isSameServer, type Lease, leaseOf, type Leases } from "../../src/machine/lease.ts";
import { leaseNeed } from "../../src/machine/lease-need.ts";
import { LEASE_TRANSITIONS } from "../../src/machine/lease-table.ts";
import type { Situation } from "../../src/machine/situation.ts";
import { step } from "../../src/machine/step.ts";
import { heard, type LeaseAnswer, tend, tendAt } from "../../src/machine/tend-leases.ts";
import { leaseRetryAt } from "../../src/machine/time.ts";
import { aSituation, aState } from "./drawn.ts";

const anAnswer: fc.Arbitrary<LeaseAnswer> = fc.oneof(
  fc.constant<LeaseAnswer>({ kind: "done" }),
  fc.record({
    kind: fc.constant("failed" as const),
    code: fc.constant("LOCK_HELD"),
    message: fc.constant("not now"),
  }),
);

const standingIn = (leases: Leases, server: Lease["server"]): string =>
  leaseOf(leases, server)?.standing ?? "none";

const rowOf = (from: string, to: string, effect: string | undefined): string =>
  `${from} → ${to} ${effect ?? ""}`;

const TABLE = new Set(LEASE_TRANSITIONS.map(({ from, to, effect }) => rowOf(from, to, effect)));

describe("leases", () => {
  it("go the ways of the table, and all of them", () => {
    const seen = new Set<string>();
    const note = (row: string): void => {
      assert.ok(TABLE.has(row), `${row} is not in the table`);
      seen.add(row);
    };
    fc.assert(
      fc.property(aState, aSituation, anAnswer, (state, situation, answer) => {
        const { leases, effect } = tend(state, situation);
        if (effect === undefined) return;
        const { server } = effect;
        const asked = standingIn(leases, server);
        note(rowOf(standingIn(situation.leases, server), asked, effect.kind));
        const after = standingIn(heard(effect, answer, { ...situation, leases }), server);
        if (after !== asked) note(rowOf(asked, after, undefined));
      }),
      { numRuns: 50_000 },
    );
    assert.deepEqual([...TABLE.difference(seen)], []);
  });

  it("are in the journal before anything is said of them, and counted as tried", () => {
    fc.assert(
      fc.property(aState, aSituation, (state, situation) => {
        const { leases, effect } = tend(state, situation);
        if (effect === undefined) return;
        const lease = leaseOf(leases, effect.server);
        assert.ok(lease !== undefined && lease.standing !== "held");
        assert.ok(lease.failures > 0 && lease.retryAtMs > situation.nowMs);
      }),
      { numRuns: 20_000 },
    );
  });

  it("are spoken of only where the booted release is good and nothing is on its way down", () => {
    const QUIET: ReadonlySet<string> = new Set(["finalizing", "rolling-back", "probation", "held"]);
    fc.assert(
      fc.property(aState, aSituation, (state, situation) => {
        if (!QUIET.has(state.kind)) return;
        assert.deepEqual(tend(state, situation), { leases: situation.leases });
        assert.equal(tendAt(state, situation), Infinity);
      }),
      { numRuns: 20_000 },
    );
  });

  it("are asked for by none but the strategy lock, of its server, and not while paused", () => {
    fc.assert(
      fc.property(aState, aSituation, (state, situation) => {
        const { effect } = tend(state, situation);
        if (effect?.kind !== "take-lease") return;
        const { settings, ledger } = situation;
        assert.equal(settings.strategy, "lock");
        assert.ok(isSameServer(effect.server, settings.lockServer));
        assert.equal(ledger.pause, undefined);
        assert.ok(!("byHand" in state) || !state.byHand);
      }),
      { numRuns: 20_000 },
    );
  });

  it("lead on: where one is waited for, the machine goes on as soon as it is held", () => {
    const tick: Event = { kind: "tick" };
    let gone = 0;
    fc.assert(
      fc.property(aState, aSituation, (state, situation) => {
        if (leaseNeed(state, situation) !== "take") return;
        const { lockServer } = situation.settings;
        assert.ok(lockServer !== undefined);
        const without: Situation = { ...situation, leases: { list: [] } };
        assert.equal(step(state, tick, without).state.kind, state.kind);
        const lease: Lease = { server: lockServer, standing: "held", failures: 0, retryAtMs: 0 };
        const next = step(state, tick, { ...situation, leases: { list: [lease] } }).state;
        assert.equal(next.kind, state.kind === "staged" ? "finalizing" : "fetching");
        gone++;
      }),
      { numRuns: 50_000 },
    );
    assert.ok(gone > 100);
  });

  it("end: whatever is there, a steady node has told everybody after as many answers as servers", () => {
    fc.assert(
      fc.property(aSituation, (drawn) => {
        const state = { kind: "steady", polling: { checkAtMs: 0, failures: 0 } } as const;
        let situation = drawn;
        for (let answers = 0; answers < 4; answers++) {
          // As late as anything is put off.
          situation = { ...situation, nowMs: situation.nowMs + 999 * 3_600_000 };
          const { leases, effect } = tend(state, situation);
          situation = { ...situation, leases };
          if (effect === undefined) break;
          const after = heard(effect, { kind: "done" }, situation);
          situation = { ...situation, leases: after };
        }
        assert.deepEqual(situation.leases.list, []);
        const { leases, settings, observed } = situation;
        if (settings.strategy === "lock")
          assert.deepEqual(leases.told, { ...settings.lockServer, bootId: observed.bootId });
      }),
      { numRuns: 5000 },
    );
  });

  it("are asked for again later each time, up to a quarter of an hour, and not before the server wants it", () => {
    const moment = fc.record({
      nowMs: fc.constantFrom(0, 1_800_000_000_000),
      luck: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    const failures = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(moment, failures, fc.nat(200_000), (at, count, retryAfterSeconds) => {
        const usual = leaseRetryAt(at, count) - at.nowMs;
        const meant = Math.min(30_000 * 2 ** Math.min(count - 1, 9), 600_000);
        assert.ok(usual >= meant / 2 && usual <= meant * 1.5 && usual <= 900_000);
        const asked = leaseRetryAt(at, count, retryAfterSeconds) - at.nowMs;
        assert.ok(Number.isSafeInteger(asked));
        assert.ok(asked >= usual && asked >= Math.min(retryAfterSeconds * 1000, 3_600_000));
        assert.ok(asked <= Math.max(usual, 3_600_000 * 1.1));
      }),
    );
  });
});
