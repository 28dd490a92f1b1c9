/** What a node is offered, and why not more. */
import { compareVersions } from "../version.ts";
import type { Blocker } from "./blocker.ts";
import type { GraphRelease, NodeFacts, SignedRelease, UpdateGraph } from "./graph.ts";
import { type Barrier, blockerOf, lastingBlocker } from "./refusals.ts";

/** The answer to a node. `refusals` are the releases that are newer than what it has or gets, the newest first, each with its blocker. */
export type Offer =
  | {
      readonly kind: "offer";
      readonly release: SignedRelease;
      readonly refusals: readonly Blocker[];
    }
  | { readonly kind: "none"; readonly blocker: Blocker; readonly refusals: readonly Blocker[] };

/** The way from the installed release onwards. */
export interface Way {
  /** Newer than the installed one, the newest first. */
  readonly ahead: readonly GraphRelease[];
  /** The first one ahead that must not be skipped. */
  readonly barrier: Barrier;
  /** The dead end that the node is on. */
  readonly deadEnd: Blocker | undefined;
}

const isBarrier = ({ rollout }: GraphRelease): boolean => rollout.landmark?.kind === "barrier";

/** What lies ahead of a version. */
export const wayFrom = (graph: UpdateGraph, version: string): Way => {
  const ahead = graph.releases.filter(
    ({ rollout }) => compareVersions(rollout.version, version) > 0,
  );
  const landmark = graph.releases.find(({ rollout }) => rollout.version === version)?.rollout
    .landmark;
  const deadEnd: Blocker | undefined =
    landmark?.kind === "dead-end"
      ? {
          rule: "no-way-on",
          version,
          message: `no upgrade leads on from ${version}, which this node runs: ${landmark.reason}`,
          hint: "roll back, or install the node anew",
        }
      : undefined;
  return { ahead: ahead.toReversed(), barrier: ahead.find(isBarrier), deadEnd };
};

/** What clears first; else what keeps the newest release away, barriers left aside: those clear with the release that is one. */
const firstBlocker = (refusals: readonly Blocker[]): Blocker | undefined => {
  const [soonest] = refusals
    .filter(({ clearsAt }) => clearsAt !== undefined)
    .toSorted((a, b) => (a.clearsAt ?? 0) - (b.clearsAt ?? 0));
  return soonest ?? refusals.find(({ rule }) => rule !== "behind-barrier") ?? refusals[0];
};

/**
 * What a node is offered at a moment (seconds since 1970): the newest release that nothing keeps from it. Nothing older than the installed one
 * is ever offered. Linear in the number of releases.
 */
export const offers = (graph: UpdateGraph, node: NodeFacts, now: number): Offer => {
  const { ahead, barrier, deadEnd } = wayFrom(graph, node.version);
  if (deadEnd !== undefined) return { kind: "none", blocker: deadEnd, refusals: [] };
  const refusals: Blocker[] = [];
  for (const release of ahead) {
    const blocker = blockerOf(node, release, { barrier, now });
    if (blocker === undefined && release.signed !== undefined)
      return { kind: "offer", release: release.signed, refusals };
    if (blocker !== undefined) refusals.push(blocker);
  }
  const blocker = firstBlocker(refusals) ?? {
    rule: "up-to-date",
    message: `channel ${graph.channel} has no release of ${graph.image} newer than ${node.version}`,
  };
  return { kind: "none", blocker, refusals };
};

/** A release that is asked for by its version. */
export interface Wish {
  readonly version: string;
  /** Its turn in the rollout is not waited for; what stands in its way at any time still does. */
  readonly atOnce: boolean;
}

/** What a node is offered that is to have one release and no other. */
export const offerOf = (
  graph: UpdateGraph,
  node: NodeFacts,
  { version, atOnce }: Wish,
  now: number,
): Offer => {
  const none = (blocker: Blocker): Offer => ({ kind: "none", blocker, refusals: [blocker] });
  const age = compareVersions(version, node.version);
  if (age === 0)
    return none({ rule: "up-to-date", version, message: `${version} is what this node runs` });
  if (age < 0)
    return none({
      rule: "older",
      version,
      message: `${version} is older than ${node.version}, which this node runs`,
      hint: "a rollback leads back to the release of the other slot, where there is one; else publish what it had under a newer version",
    });
  const { ahead, barrier, deadEnd } = wayFrom(graph, node.version);
  if (deadEnd !== undefined) return none(deadEnd);
  const release = ahead.find(({ rollout }) => rollout.version === version);
  if (release?.signed === undefined)
    return none({
      rule: "not-signed",
      version,
      message: `channel ${graph.channel} has no signed release ${version} of ${graph.image} for ${graph.architecture}`,
      hint: "check the version, and that it is published to this channel",
    });
  const blocker = atOnce
    ? lastingBlocker(node, release, barrier)
    : blockerOf(node, release, { barrier, now });
  return blocker === undefined
    ? { kind: "offer", release: release.signed, refusals: [] }
    : none(blocker);
};

/** The way that a node will go, release by release, once all waves have come. */
export interface Route {
  /** Versions in the order in which they are installed; the last one is where it ends. */
  readonly hops: readonly string[];
  /** Why it ends there although there are newer releases, the newest release's blocker first. */
  readonly refusals: readonly Blocker[];
}

const arrive = (node: NodeFacts, release: SignedRelease): NodeFacts => ({
  ...node,
  version: release.version,
  agentVersion: release.agent.included ?? node.agentVersion,
  securityEpochFloor: Math.max(node.securityEpochFloor, release.securityEpoch),
});

/** The route of a node through barriers and agents to the newest release that it can reach. */
export const routeOf = (graph: UpdateGraph, start: NodeFacts): Route => {
  const hops: string[] = [];
  let node = start;
  for (;;) {
    const { ahead, barrier, deadEnd } = wayFrom(graph, node.version);
    if (deadEnd !== undefined) return { hops, refusals: [deadEnd] };
    const refusals: Blocker[] = [];
    let next: SignedRelease | undefined;
    for (const release of ahead) {
      const blocker = lastingBlocker(node, release, barrier);
      if (blocker !== undefined) refusals.push(blocker);
      else next ??= release.signed;
      if (next !== undefined) break;
    }
    if (next === undefined) return { hops, refusals };
    hops.push(next.version);
    node = arrive(node, next);
  }
};
