import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  buildGraph,
  type Channel,
  decodeChannel,
  encodeChannel,
  lostOffers,
  offeredShare,
  offers,
  pauseRollout,
  resumeRollout,
  type Rollout,
  turnOf,
  type Wave,
} from "@slipway/release";
import { nodeAt, signedRelease, START, valueOf } from "../support/documents.ts";

const salt = fc.stringMatching(/^[0-9a-f]{32}$/);

/** Waves as a valid channel has them. */
const waves: fc.Arbitrary<readonly Wave[]> = fc
  .array(
    fc.record({
      share: fc.integer({ min: 1, max: 10_000 }),
      wait: fc.nat(500),
      duration: fc.nat(2000),
      soak: fc.nat(500),
    }),
    { maxLength: 5 },
  )
  .map((steps) => {
    const shares = [...new Set(steps.map(({ share }) => share))].toSorted((a, b) => a - b);
    let next = START;
    return shares.map((share, index) => {
      const { wait, duration, soak } = steps[index] ?? { wait: 0, duration: 0, soak: 0 };
      const wave = { share, start: next + wait, duration, soak };
      next = wave.start + duration + soak;
      return wave;
    });
  });

const rollout: fc.Arbitrary<Rollout> = fc
  .record({ salt, waves, canary: fc.option(waves, { nil: undefined }) })
  .map(({ salt, waves, canary }) => ({
    version: "2",
    salt,
    waves,
    groups: new Map(canary === undefined ? [] : [["canary", canary]]),
  }));

const moment = fc.integer({ min: START - 100, max: START + 15_000 });
const IDS = Array.from({ length: 40 }, (_, index) => `n${index}`);
const GROUPS = [undefined, "canary"] as const;

const channelOf = (...rollouts: readonly Rollout[]): Channel => ({
  image: "base",
  name: "stable",
  rollouts,
});

const offeredTo = (rollout: Rollout, now: number): ReadonlySet<string> => {
  const graph = buildGraph(channelOf(rollout), "x86_64", [signedRelease("2")]);
  return new Set(
    IDS.flatMap((id) =>
      GROUPS.filter((group) => {
        const node = nodeAt("1", group === undefined ? { id } : { id, group });
        return offers(graph, node, now).kind === "offer";
      }).map((group) => `${id} ${group}`),
    ),
  );
};

const assertKept = (before: Rollout, after: Rollout, now: number): void => {
  const had = offeredTo(before, now);
  for (const later of [now, now + 1, now + 700, now + 100_000]) {
    const has = offeredTo(after, later);
    for (const node of had) assert.ok(has.has(node), `${node} lost its offer at ${later}`);
  }
};

describe("any rollout", () => {
  it("once offered, stays offered", () => {
    fc.assert(
      fc.property(rollout, moment, (any, now) => {
        assertKept(any, any, now);
      }),
    );
  });

  it("says beforehand when a node's turn comes, to the second", () => {
    fc.assert(
      fc.property(rollout, moment, fc.constantFrom(...IDS), (any, now, id) => {
        const graph = buildGraph(channelOf(any), "x86_64", [signedRelease("2")]);
        const answer = offers(graph, nodeAt("1", { id }), now);
        if (answer.kind === "offer" || answer.blocker.clearsAt === undefined) return;
        const { clearsAt } = answer.blocker;
        assert.ok(clearsAt > now);
        assert.equal(offers(graph, nodeAt("1", { id }), clearsAt - 1).kind, "none");
        assert.equal(offers(graph, nodeAt("1", { id }), clearsAt).kind, "offer");
      }),
    );
  });

  it("counts the share that nodes find by their turns", () => {
    fc.assert(
      fc.property(waves, moment, (any, now) => {
        const places = Array.from({ length: 500 }, (_, index) => index / 500);
        const come = places.filter((place) => (turnOf(any, place) ?? Infinity) <= now).length;
        const share = offeredShare(
          { version: "2", salt: "", waves: any, groups: new Map() },
          undefined,
          now,
        );
        assert.ok(Math.abs(come / 500 - share / 10_000) <= 1 / 500 + 1e-9, `${come} ${share}`);
      }),
    );
  });

  it("survives its way over the wire", () => {
    fc.assert(
      fc.property(rollout, (any) => {
        const channel = channelOf(any);
        assert.deepEqual(valueOf(decodeChannel(JSON.parse(encodeChannel(channel)))), channel);
      }),
    );
  });
});

describe("edits of any rollout", () => {
  it("that only concern waves to come take no offer away, and are not accused of it", () => {
    fc.assert(
      fc.property(rollout, waves, moment, (before, others, now) => {
        const keep = before.waves.filter(({ start, duration }) => start + duration <= now);
        const last = keep.at(-1);
        const shift = 20_000;
        const later = others
          .filter(({ share }) => share > (last?.share ?? 0))
          .map((wave) => ({ ...wave, start: wave.start + shift }));
        // The wave under way is kept too, or else those it reached so far would lose.
        const running = before.waves.filter(
          ({ start, duration }) => start <= now && start + duration > now,
        );
        const after = {
          ...before,
          waves: [
            ...keep,
            ...running,
            ...later.filter(({ share }) => share > (running[0]?.share ?? 0)),
          ],
        };
        assert.deepEqual(lostOffers(channelOf(before), channelOf(after), now), []);
        assertKept(before, after, now);
      }),
    );
  });

  it("that are not found to take an offer away take none away", () => {
    fc.assert(
      fc.property(rollout, rollout, fc.boolean(), moment, (before, other, sameSalt, now) => {
        const after = sameSalt ? { ...other, salt: before.salt } : other;
        if (lostOffers(channelOf(before), channelOf(after), now).length === 0)
          assertKept(before, after, now);
      }),
      { numRuns: 500 },
    );
  });

  it("pausing stops new offers, keeps the others; resuming goes on from there, later by the pause", () => {
    const run = fc.record({ rollout, since: moment, pause: fc.nat(5000), after: fc.nat(5000) });
    fc.assert(
      fc.property(run, ({ rollout, since, pause, after }) => {
        const paused = pauseRollout(rollout, since, "looking into it");
        const had = offeredTo(rollout, since);
        assert.deepEqual(offeredTo(paused, since), had);
        assert.deepEqual(offeredTo(paused, since + pause), had);

        const now = since + pause;
        const resumed = resumeRollout(paused, now);
        assert.equal(resumed.hold, undefined);
        assert.deepEqual(lostOffers(channelOf(paused), channelOf(resumed), now), []);
        assertKept(paused, resumed, now);
        for (const group of GROUPS) {
          const [is, was] = [
            offeredShare(resumed, group, now + after),
            offeredShare(rollout, group, since + after),
          ];
          assert.ok(Math.abs(is - was) <= 1, `${is} % after the pause, ${was} % without it`);
        }
        valueOf(decodeChannel(JSON.parse(encodeChannel(channelOf(resumed)))));
      }),
    );
  });
});
