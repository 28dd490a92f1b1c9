/** The checks that stand between a node and one release, each with its words. */
import { bucket } from "../rollout/bucket.ts";
import { type Rollout, wavesFor } from "../rollout/channel.ts";
import { turnOf } from "../rollout/waves.ts";
import { compareVersions } from "../version.ts";
import type { Blocker } from "./blocker.ts";
import { type GraphRelease, minimalAgentOf, type NodeFacts, type SignedRelease } from "./graph.ts";

/** The next barrier on a node's way. */
export type Barrier = GraphRelease | undefined;

type Check = (
  node: NodeFacts,
  rollout: Rollout,
  signed: SignedRelease,
  barrier: Barrier,
) => Blocker | undefined;

const notLandmark: Check = (_node, { version, landmark }) =>
  landmark?.kind === "dead-end"
    ? {
        rule: "dead-end",
        version,
        message: `no upgrade leads on from ${version}: ${landmark.reason}`,
      }
    : undefined;

const notWithdrawn: Check = (_node, { version, hold }) =>
  hold?.kind === "withdrawn"
    ? { rule: "withdrawn", version, message: `${version} was withdrawn: ${hold.reason}` }
    : undefined;

const notForbidden: Check = (node, { version }, { roothash }) =>
  node.forbidden.has(roothash)
    ? {
        rule: "forbidden",
        version,
        message: `${version} was rolled back from, or failed, on this node`,
        hint: `publish a release that does not fail, or run slipway-agent forgive ${version} on the node`,
      }
    : undefined;

const notBelowFloor: Check = (node, { version }, { securityEpoch }) =>
  securityEpoch < node.securityEpochFloor
    ? {
        rule: "below-floor",
        version,
        message: `${version} has security epoch ${securityEpoch}, below this node's floor of ${node.securityEpochFloor}`,
        hint: "publish a release of a security epoch that is no lower",
      }
    : undefined;

const fitsSlot: Check = (node, { version }, { minimalSlotMib }) =>
  node.slotMib !== undefined && minimalSlotMib > node.slotMib
    ? {
        rule: "slot-too-small",
        version,
        message: `${version} needs a slot of ${minimalSlotMib} MiB, and this node's have ${node.slotMib}`,
        hint: "make the image smaller, or install the node anew with larger slots",
      }
    : undefined;

const notBehindBarrier: Check = (_node, { version }, _signed, barrier) =>
  barrier !== undefined && compareVersions(version, barrier.rollout.version) > 0
    ? {
        rule: "behind-barrier",
        version,
        message: `the way to ${version} leads through ${barrier.rollout.version}: ${barrier.rollout.landmark?.reason ?? "it is a barrier"}`,
      }
    : undefined;

const agentIsNewEnough: Check = (node, rollout, signed) => {
  const minimal = minimalAgentOf(signed, rollout);
  return compareVersions(node.agentVersion, minimal) < 0
    ? {
        rule: "agent-too-old",
        version: rollout.version,
        message: `${rollout.version} needs an agent from ${minimal} on, and this node's is ${node.agentVersion}`,
        hint: "keep a release with that agent on the channel that an older agent can stage",
      }
    : undefined;
};

/** What stands in the way of a release at any time, in this order. */
const LASTING: readonly Check[] = [
  notLandmark,
  notWithdrawn,
  notForbidden,
  notBelowFloor,
  fitsSlot,
  notBehindBarrier,
  agentIsNewEnough,
];

/** Below 1 as buckets are: the last node's turn comes when the share is whole. */
const LATEST_PLACE = 1 - 2 ** -48;

/** Where the node stands in the order of a rollout: where it wishes to, or where its id happens to put it. */
const placeOf = (node: NodeFacts, rollout: Rollout): number =>
  node.wariness === undefined
    ? bucket(node.id, rollout.salt)
    : Math.min(Math.max(node.wariness, 0), LATEST_PLACE);

const untilTurn = (node: NodeFacts, rollout: Rollout, now: number): Blocker | undefined => {
  const { version, hold } = rollout;
  const turn = turnOf(wavesFor(rollout, node.group), placeOf(node, rollout));
  if (turn === undefined)
    return {
      rule: "held-back",
      version,
      message:
        node.group === undefined
          ? `no wave of ${version} reaches this node yet`
          : `no wave of ${version} reaches this node in group ${node.group} yet`,
      hint: "add a wave to the rollout when it should",
    };
  if (hold?.kind === "paused" && turn > hold.since)
    return {
      rule: "paused",
      version,
      message: `the rollout of ${version} is paused: ${hold.reason}`,
      hint: "resume the rollout when the reason is gone",
    };
  if (turn > now)
    return {
      rule: "wave",
      version,
      message: `this node's turn for ${version} has not come yet`,
      clearsAt: turn,
    };
  return undefined;
};

/** The first thing that keeps a release from a node for good, waves left aside. */
export const lastingBlocker = (
  node: NodeFacts,
  { rollout, signed }: GraphRelease,
  barrier: Barrier,
): Blocker | undefined => {
  if (signed === undefined)
    return {
      rule: "not-signed",
      version: rollout.version,
      message: `${rollout.version} is on the channel, but no signed release of this image and architecture`,
      hint: "publish the release for this architecture, or take it off the channel",
    };
  for (const check of LASTING) {
    const blocker = check(node, rollout, signed, barrier);
    if (blocker !== undefined) return blocker;
  }
  return undefined;
};

/** The first thing that keeps a release from a node at a moment. */
export const blockerOf = (
  node: NodeFacts,
  release: GraphRelease,
  { barrier, now }: { readonly barrier: Barrier; readonly now: number },
): Blocker | undefined =>
  lastingBlocker(node, release, barrier) ?? untilTurn(node, release.rollout, now);
