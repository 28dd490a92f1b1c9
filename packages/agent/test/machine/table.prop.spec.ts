import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { type Effect, WRITING } from "../../src/machine/effect.ts";
import { isSame } from "../../src/machine/release.ts";
import { step } from "../../src/machine/step.ts";
import { RECOVERIES, TRANSITIONS } from "../../src/machine/table.ts";
import { resume } from "../../src/machine/recover.ts";
import { wakeInMs } from "../../src/machine/wake.ts";
import { anEvent, aSituation, aState, aStateAndEvent } from "./drawn.ts";

const nameOf = (effect: Effect): string =>
  effect.kind === "record" ? `record ${effect.entry.kind}` : effect.kind;

const rowOf = (from: string, on: string, to: string, effects: readonly string[]): string =>
  `${from} | ${on} | ${to} | ${effects.join(", ")}`;

const TABLE = new Set(TRANSITIONS.map(({ from, on, to, effects }) => rowOf(from, on, to, effects)));
/** Of what a table row cannot say: only where the booted release is blessed is a drawn probation one that a rollback leads out of. */
const DRAWN_ONLY = rowOf("probation", "rollback-asked", "rolling-back", [
  "record rolled-back",
  "rollback",
]);

describe("step", () => {
  it("does what the table of transitions says, and all of it", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(aStateAndEvent, aSituation, ([state, event], situation) => {
        const next = step(state, event, situation);
        if (next.state.kind === state.kind && next.effects.length === 0) return;
        const row = rowOf(state.kind, event.kind, next.state.kind, next.effects.map(nameOf));
        if (row === DRAWN_ONLY) return;
        assert.ok(TABLE.has(row), `${row} is not in the table`);
        seen.add(row);
      }),
      { numRuns: 150_000 },
    );
    assert.deepEqual([...TABLE.difference(seen)], []);
  });

  it("writes nothing while the booted release is not blessed, or the node is degraded", () => {
    fc.assert(
      fc.property(aState, anEvent, aSituation, (state, event, situation) => {
        const { degraded, booted } = situation.observed;
        const { effects } = step(state, event, situation);
        const writing = effects.filter(({ kind }) => WRITING.has(kind));
        if (
          degraded.length > 0 ||
          booted.standing === "unproven" ||
          booted.standing === "counting"
        ) {
          // What was begun in a state that cannot be here: recovery leads out of it before any step.
          const isStale = state.kind === "rolling-back" || state.kind === "finalizing";
          if (!isStale) assert.deepEqual(writing, []);
        }
        if (booted.standing === "bad") assert.ok(writing.every(({ kind }) => kind === "rollback"));
      }),
      { numRuns: 50_000 },
    );
  });

  it("never takes what is forbidden, below the floor, booted already, or not what the node is pinned to", () => {
    fc.assert(
      fc.property(aState, anEvent, aSituation, (state, event, situation) => {
        const { observed, ledger } = situation;
        for (const effect of step(state, event, situation).effects) {
          if (effect.kind !== "stage" && effect.kind !== "finalize") continue;
          const { release } = effect;
          assert.ok(!ledger.forbidden.has(release.roothash));
          assert.ok(!isSame(release, observed.booted));
          assert.ok(release.securityEpoch >= ledger.floor);
          assert.ok(ledger.pin === undefined || ledger.pin.version === release.version);
        }
      }),
      { numRuns: 50_000 },
    );
  });

  it("answers every operator: with something done, or with a reason", () => {
    fc.assert(
      fc.property(aState, anEvent, aSituation, (state, event, situation) => {
        if (!event.kind.endsWith("-asked")) return;
        const { effects, refusal } = step(state, event, situation);
        assert.ok(effects.length > 0 || refusal !== undefined);
        assert.ok(refusal === undefined || refusal.message.length > 0);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("resume", () => {
  it("leads into the states that the table says, and stays where it led", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.option(aState, { nil: undefined }), aSituation, (before, situation) => {
        const journal = before === undefined ? undefined : { state: before, bootId: "boot-1" };
        const state = resume(journal, situation);
        seen.add(state.kind);
        const again = resume({ state, bootId: situation.observed.bootId }, situation);
        assert.deepEqual(again, state);
        const wait = wakeInMs(state, situation);
        assert.ok(wait >= 1000 && wait <= 24 * 3_600_000, `${state.kind} waits ${wait} ms`);
      }),
      { numRuns: 30_000 },
    );
    assert.deepEqual(seen, new Set(RECOVERIES.map(({ to }) => to)));
  });
});
