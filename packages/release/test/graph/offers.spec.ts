import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  buildGraph,
  type Channel,
  compareVersions,
  type NodeFacts,
  type Offer,
  offerOf,
  offers,
  pauseRollout,
  type Rollout,
  routeOf,
  type SignedRelease,
  type UpdateGraph,
  withdrawRollout,
} from "@slipway/release";
import { completeRollout, HOUR, nodeAt, signedRelease, START } from "../support/documents.ts";

const BARRIER = { kind: "barrier", reason: "it moves the ledger" } as const;
const DEAD_END = { kind: "dead-end", reason: "it lost its keys" } as const;

const graphOf = (
  rollouts: readonly Rollout[],
  signed: readonly SignedRelease[] = rollouts.map(({ version }) => signedRelease(version)),
): UpdateGraph => {
  const channel: Channel = { image: "base", name: "stable", rollouts };
  return buildGraph(channel, "x86_64", signed);
};

const show = (offer: Offer): string =>
  offer.kind === "offer" ? offer.release.version : offer.blocker.rule;

/** What a node is offered, or the rule that keeps it from everything. */
const answer = (graph: UpdateGraph, node: NodeFacts, now = START): string =>
  show(offers(graph, node, now));

describe("what a node is offered that is to have one release", () => {
  const wish = (
    graph: UpdateGraph,
    version: string,
    fields: { readonly atOnce?: boolean; readonly now?: number; readonly node?: NodeFacts } = {},
  ): string => {
    const { atOnce = true, now = START, node = nodeAt("1") } = fields;
    return show(offerOf(graph, node, { version, atOnce }, now));
  };
  const plain = graphOf(["1", "2", "3"].map((version) => completeRollout(version)));

  it("is that one, though there are newer ones", () => {
    assert.equal(wish(plain, "2"), "2");
    assert.equal(wish(plain, "2", { atOnce: false }), "2");
  });

  it("is nothing that it has, that is older, or that nobody signed", () => {
    assert.equal(wish(plain, "1"), "up-to-date");
    assert.equal(wish(plain, "2", { node: nodeAt("3") }), "older");
    assert.equal(wish(plain, "4"), "not-signed");
    assert.equal(wish(graphOf([completeRollout("2")], []), "2"), "not-signed");
  });

  it("waits for its turn unless it is asked for at once", () => {
    const later = [{ share: 10_000, start: START + HOUR, duration: 0, soak: 0 }];
    const graph = graphOf([completeRollout("2", { waves: later })]);
    assert.equal(wish(graph, "2", { atOnce: false }), "wave");
    assert.equal(wish(graph, "2"), "2");
  });

  it("passes neither barriers nor what was withdrawn, forbidden or left at a dead end", () => {
    const barred = graphOf([completeRollout("2", { landmark: BARRIER }), completeRollout("3")]);
    assert.equal(wish(barred, "3"), "behind-barrier");
    assert.equal(wish(barred, "2"), "2");
    const node = nodeAt("1", { forbidden: new Set(["roothash of 2"]) });
    assert.equal(wish(plain, "2", { node }), "forbidden");
    const stuck = graphOf([completeRollout("1", { landmark: DEAD_END }), completeRollout("2")]);
    assert.equal(wish(stuck, "2"), "no-way-on");
    const hold = { kind: "withdrawn", since: START, reason: "it loses data" } as const;
    assert.equal(wish(graphOf([completeRollout("2", { hold })]), "2"), "withdrawn");
  });
});

describe("what a node is offered", () => {
  const plain = graphOf(["1", "2", "10"].map((version) => completeRollout(version)));

  it("is the newest release, in the order of versions", () => {
    assert.equal(answer(plain, nodeAt("1")), "10");
  });

  it("is nothing older: on the newest, or beyond it, the node is up to date", () => {
    for (const version of ["10", "10.0.1"]) {
      const offer = offers(plain, nodeAt(version), START);
      assert.ok(offer.kind === "none");
      assert.equal(
        offer.blocker.message,
        `channel stable has no release of base newer than ${version}`,
      );
    }
  });

  it("leads on from a release that is no longer on the channel", () => {
    assert.equal(answer(plain, nodeAt("1.5")), "10");
  });

  it("is never what the image role did not sign for this image, architecture and version to the letter", () => {
    const rollouts = [completeRollout("2.0")];
    for (const signed of [
      [],
      [signedRelease("2.0", { image: "other" })],
      [signedRelease("2.0", { architecture: "aarch64" })],
      [signedRelease("2.00")],
    ])
      assert.equal(answer(graphOf(rollouts, signed), nodeAt("1")), "not-signed");
    assert.equal(answer(graphOf(rollouts), nodeAt("1")), "2.0");
  });

  it("leads through barriers, one after the other", () => {
    const graph = graphOf([
      completeRollout("1"),
      completeRollout("2", { landmark: BARRIER }),
      completeRollout("3"),
      completeRollout("4", { landmark: BARRIER }),
      completeRollout("5"),
    ]);
    assert.equal(answer(graph, nodeAt("1")), "2");
    assert.equal(answer(graph, nodeAt("2")), "4");
    assert.equal(answer(graph, nodeAt("3")), "4");
    assert.equal(answer(graph, nodeAt("4")), "5");
    const offer = offers(graph, nodeAt("1"), START);
    assert.deepEqual(
      offer.refusals.map(({ version, rule }) => `${version} ${rule}`),
      ["5 behind-barrier", "4 behind-barrier", "3 behind-barrier"],
    );
    assert.match(offer.refusals[0]?.message ?? "", /leads through 2: it moves the ledger/);
  });

  it("waits before a barrier whose turn has not come, and names the barrier's turn", () => {
    const waves = [{ share: 10_000, start: START + HOUR, duration: 0, soak: 0 }];
    const graph = graphOf([
      completeRollout("2", { landmark: BARRIER, waves }),
      completeRollout("3"),
    ]);
    const offer = offers(graph, nodeAt("1"), START);
    assert.ok(offer.kind === "none");
    assert.equal(offer.blocker.version, "2");
    assert.equal(offer.blocker.clearsAt, START + HOUR);
  });

  it("is no dead end; and on one there is no way on, with the reason", () => {
    const graph = graphOf([completeRollout("2", { landmark: DEAD_END }), completeRollout("3")]);
    assert.equal(answer(graph, nodeAt("1")), "3");
    const offer = offers(graph, nodeAt("2"), START);
    assert.ok(offer.kind === "none");
    assert.equal(offer.blocker.rule, "no-way-on");
    assert.match(offer.blocker.message, /it lost its keys/);

    const only = offers(
      graphOf([completeRollout("2", { landmark: DEAD_END })]),
      nodeAt("1"),
      START,
    );
    assert.ok(only.kind === "none");
    assert.equal(only.blocker.message, "no upgrade leads on from 2: it lost its keys");
  });

  it("is nothing below the node's floor, however new its version is", () => {
    const graph = graphOf(
      [completeRollout("2"), completeRollout("3")],
      [signedRelease("2", { securityEpoch: 5 }), signedRelease("3", { securityEpoch: 4 })],
    );
    assert.equal(answer(graph, nodeAt("1", { securityEpochFloor: 4 })), "3");
    assert.equal(answer(graph, nodeAt("1", { securityEpochFloor: 5 })), "2");
    assert.equal(answer(graph, nodeAt("1", { securityEpochFloor: 6 })), "below-floor");
  });

  it("is nothing that the ledger forbids: the release before it, if that is newer", () => {
    const forbidden = new Set(["roothash of 10"]);
    assert.equal(answer(plain, nodeAt("1", { forbidden })), "2");
    assert.equal(answer(plain, nodeAt("2", { forbidden })), "forbidden");
  });

  it("fits the slot", () => {
    const graph = graphOf([completeRollout("2")], [signedRelease("2", { minimalSlotMib: 2048 })]);
    assert.equal(answer(graph, nodeAt("1", { slotMib: 2048 })), "2");
    assert.equal(answer(graph, nodeAt("1", { slotMib: 2047 })), "slot-too-small");
  });

  it("suits the node's agent: the newer of what manifest and rollout ask for", () => {
    const graph = graphOf(
      [completeRollout("2"), completeRollout("3", { minimalAgent: "1.5" })],
      [signedRelease("2"), signedRelease("3", { agent: { minimal: "1.2" } })],
    );
    assert.equal(answer(graph, nodeAt("1", { agentVersion: "1.5" })), "3");
    assert.equal(answer(graph, nodeAt("1", { agentVersion: "1.4" })), "2");
    assert.equal(answer(graph, nodeAt("2", { agentVersion: "1.4" })), "agent-too-old");
  });

  it("follows the waves of the node's group, and nothing at all where the group has none", () => {
    const later = [{ share: 10_000, start: START + HOUR, duration: 0, soak: 0 }];
    const now = [{ share: 10_000, start: START, duration: 0, soak: 0 }];
    const groups = new Map([
      ["canary", now],
      ["frozen", []],
    ]);
    const graph = graphOf([completeRollout("2", { waves: later, groups })]);
    assert.equal(answer(graph, nodeAt("1")), "wave");
    assert.equal(answer(graph, nodeAt("1", { group: "canary" })), "2");
    assert.equal(answer(graph, nodeAt("1", { group: "frozen" })), "held-back");
    assert.equal(answer(graph, nodeAt("1", { group: "frozen" }), START + HOUR), "held-back");
    assert.equal(answer(graph, nodeAt("1", { group: "unheard-of" })), "wave");
  });

  it("comes as early or late as the node wishes", () => {
    const waves = [{ share: 10_000, start: START, duration: 1000, soak: 0 }];
    const graph = graphOf([completeRollout("2", { waves })]);
    const turn = (wariness: number): number | undefined => {
      const offer = offers(graph, nodeAt("1", { wariness }), START - 1);
      return offer.kind === "none" ? offer.blocker.clearsAt : undefined;
    };
    assert.deepEqual([0, 0.5, 1, -1, 7].map(turn), [
      START,
      START + 500,
      START + 1000,
      START,
      START + 1000,
    ]);
  });

  it("is out of reach of a node that stands exactly at the last wave's share", () => {
    const waves = [{ share: 2500, start: START, duration: 1000, soak: 0 }];
    const graph = graphOf([completeRollout("2", { waves })]);
    assert.equal(answer(graph, nodeAt("1", { wariness: 0.25 }), START + HOUR), "held-back");
    assert.equal(answer(graph, nodeAt("1", { wariness: 0.2499 }), START + HOUR), "2");
  });

  it("waits for a paused barrier, and names that rather than what lies behind it", () => {
    const barrier = completeRollout("2", { landmark: BARRIER });
    const graph = graphOf([pauseRollout(barrier, 0, "r"), completeRollout("3")]);
    assert.equal(answer(graph, nodeAt("1")), "paused");
  });

  it("of a paused rollout is for those alone whose turn had come", () => {
    const waves = [{ share: 10_000, start: START, duration: 1000, soak: 0 }];
    const rollout = completeRollout("2", { waves });
    const graph = graphOf([pauseRollout(rollout, START + 500, "crashes in the field")]);
    assert.equal(answer(graph, nodeAt("1", { wariness: 0.5 }), START + HOUR), "2");
    const offer = offers(graph, nodeAt("1", { wariness: 0.6 }), START + HOUR);
    assert.ok(offer.kind === "none");
    assert.equal(offer.blocker.message, "the rollout of 2 is paused: crashes in the field");
    assert.equal(offer.blocker.clearsAt, undefined);
  });

  it("of a withdrawn rollout is for nobody", () => {
    const graph = graphOf([withdrawRollout(completeRollout("2"), "it does not boot")]);
    const offer = offers(graph, nodeAt("1"), START);
    assert.ok(offer.kind === "none");
    assert.equal(offer.blocker.message, "2 was withdrawn: it does not boot");
  });

  it("says what clears first, when several things stand in the way", () => {
    const at = (start: number) => [{ share: 10_000, start, duration: 0, soak: 0 }];
    const graph = graphOf([
      completeRollout("2", { waves: at(START + 2 * HOUR) }),
      completeRollout("3", { waves: at(START + HOUR) }),
      withdrawRollout(completeRollout("4"), "bad"),
    ]);
    const offer = offers(graph, nodeAt("1"), START);
    assert.ok(offer.kind === "none");
    assert.deepEqual([offer.blocker.version, offer.blocker.clearsAt], ["3", START + HOUR]);
    assert.deepEqual(
      offer.refusals.map(({ rule }) => rule),
      ["withdrawn", "wave", "wave"],
    );
  });
});

describe("a node's route", () => {
  it("leads through barriers and agents to the newest release, whatever the waves", () => {
    const graph = graphOf(
      [
        completeRollout("2", { waves: [{ share: 1, start: START * 2, duration: 0, soak: 0 }] }),
        completeRollout("3", { landmark: BARRIER }),
        completeRollout("4"),
        completeRollout("5"),
        completeRollout("6"),
      ],
      [
        signedRelease("2", { agent: { minimal: "1", included: "2" } }),
        signedRelease("3", { agent: { minimal: "2", included: "2" } }),
        signedRelease("4", { agent: { minimal: "2", included: "3" } }),
        signedRelease("5", { agent: { minimal: "2", included: "3" }, securityEpoch: 2 }),
        signedRelease("6", { agent: { minimal: "3" }, securityEpoch: 1 }),
      ],
    );
    const route = routeOf(graph, nodeAt("1"));
    assert.deepEqual(route.hops, ["2", "3", "5"]);
    // Having blessed 5, the node's floor is above 6.
    assert.deepEqual(
      route.refusals.map(({ rule, version }) => `${version} ${rule}`),
      ["6 below-floor"],
    );
  });

  it("ends on a dead end, saying why", () => {
    const graph = graphOf([completeRollout("1", { landmark: DEAD_END }), completeRollout("2")]);
    const route = routeOf(graph, nodeAt("1"));
    assert.deepEqual(route.hops, []);
    assert.deepEqual(
      route.refusals.map(({ rule }) => rule),
      ["no-way-on"],
    );
  });
});

describe("any graph", () => {
  const landmark = fc.constantFrom(undefined, undefined, undefined, BARRIER, DEAD_END);
  const rollouts = fc.uniqueArray(
    fc.record({
      version: fc.integer({ min: 1, max: 12 }).map(String),
      landmark,
      isSigned: fc.boolean(),
      epoch: fc.integer({ min: 0, max: 2 }),
      isWithdrawn: fc.boolean(),
      agent: fc.constantFrom("1", "2"),
    }),
    { selector: ({ version }) => version, maxLength: 12 },
  );
  const graph = rollouts.map((entries) => {
    const graph = graphOf(
      entries.map(({ version, landmark, isWithdrawn }) => {
        const rollout = completeRollout(version, landmark === undefined ? {} : { landmark });
        return isWithdrawn ? withdrawRollout(rollout, "bad") : rollout;
      }),
      entries
        .filter(({ isSigned }) => isSigned)
        .map(({ version, epoch, agent }) =>
          signedRelease(version, {
            securityEpoch: epoch,
            agent: { minimal: agent, included: "2" },
          }),
        ),
    );
    return { graph, entries };
  });
  const installed = fc.integer({ min: 0, max: 12 }).map(String);

  it("offers only what is newer, signed, no dead end, not withdrawn and not below the floor, and skips no barrier", () => {
    fc.assert(
      fc.property(graph, installed, fc.nat(2), ({ graph, entries }, version, floor) => {
        const node = nodeAt(version, { securityEpochFloor: floor });
        const offer = offers(graph, node, START);
        if (offer.kind === "none") return;
        const to = offer.release.version;
        const entry = entries.find((one) => one.version === to);
        assert.ok(compareVersions(to, version) > 0);
        assert.ok(entry?.isSigned === true && !entry.isWithdrawn && entry.epoch >= floor);
        assert.notEqual(entry.landmark, DEAD_END);
        for (const between of entries)
          if (between.landmark === BARRIER)
            assert.ok(
              compareVersions(between.version, version) <= 0 ||
                compareVersions(between.version, to) >= 0,
              `${version} to ${to} skips ${between.version}`,
            );
      }),
      { numRuns: 1000 },
    );
  });

  it("gives every release that is newer than the answer a reason", () => {
    fc.assert(
      fc.property(graph, installed, ({ graph, entries }, version) => {
        const offer = offers(graph, nodeAt(version), START);
        if (offer.kind === "none" && offer.blocker.rule === "no-way-on") return;
        const bound = offer.kind === "offer" ? offer.release.version : version;
        assert.deepEqual(
          offer.refusals.map((refusal) => refusal.version).toSorted(),
          entries
            .map((entry) => entry.version)
            .filter((newer) => compareVersions(newer, bound) > 0)
            .toSorted(),
        );
      }),
    );
  });

  it("is walked by offers exactly as the route says, once all waves have come", () => {
    fc.assert(
      fc.property(graph, installed, ({ graph }, version) => {
        const { hops } = routeOf(graph, nodeAt(version));
        let node = nodeAt(version);
        for (const hop of hops) {
          const offer = offers(graph, node, START);
          assert.ok(offer.kind === "offer");
          assert.equal(offer.release.version, hop);
          node = {
            ...node,
            version: hop,
            agentVersion: "2",
            securityEpochFloor: Math.max(node.securityEpochFloor, offer.release.securityEpoch),
          };
        }
        assert.equal(offers(graph, node, START).kind, "none");
      }),
    );
  });
});
