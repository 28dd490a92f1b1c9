/** What can lead where: the releases of a channel in their order, each with what the image role signed of it. */
import type { Architecture } from "../architecture.ts";
import type { ReleaseSummary } from "../manifest/summary.ts";
import type { Channel, Rollout } from "../rollout/channel.ts";
import { compareVersions } from "../version.ts";

/** A release that the image role signed, as far as the graph needs it. */
export type SignedRelease = ReleaseSummary;

/** One release of a channel. Without `signed` nobody can be offered it, whatever the channel says. */
export interface GraphRelease {
  readonly rollout: Rollout;
  readonly signed?: SignedRelease;
}

/** The releases of a channel for one architecture. */
export interface UpdateGraph {
  readonly image: string;
  readonly channel: string;
  readonly architecture: Architecture;
  /** Oldest first. */
  readonly releases: readonly GraphRelease[];
}

/** What an offer depends on at the node. */
export interface NodeFacts {
  readonly id: string;
  /** Of the release that is installed: the newest one that the node blessed, or runs. */
  readonly version: string;
  readonly group?: string;
  /** From 0 (early) to 1 (late): the node's own wish, in place of its bucket. */
  readonly wariness?: number;
  /** Releases of a lower security epoch are refused. */
  readonly securityEpochFloor: number;
  readonly agentVersion: string;
  /** Root hashes of the releases that the ledger forbids. */
  readonly forbidden: ReadonlySet<string>;
  /** Size of the inactive slot, where it is known. */
  readonly slotMib?: number;
}

/**
 * The graph of a channel for one architecture. `signed` is what the image role signed; releases of other images and architectures are left out
 * of account, and versions must be the same to the letter.
 */
export const buildGraph = (
  channel: Channel,
  architecture: Architecture,
  signed: Iterable<SignedRelease>,
): UpdateGraph => {
  const byVersion = new Map<string, SignedRelease>();
  for (const release of signed)
    if (release.image === channel.image && release.architecture === architecture)
      byVersion.set(release.version, release);
  const releases = channel.rollouts
    .map((rollout): GraphRelease => {
      const release = byVersion.get(rollout.version);
      return release === undefined ? { rollout } : { rollout, signed: release };
    })
    .toSorted((a, b) => compareVersions(a.rollout.version, b.rollout.version));
  return { image: channel.image, channel: channel.name, architecture, releases };
};

/** The newer of the oldest agents that the manifest and the rollout ask for. */
export const minimalAgentOf = ({ agent }: SignedRelease, { minimalAgent }: Rollout): string =>
  minimalAgent !== undefined && compareVersions(minimalAgent, agent.minimal) > 0
    ? minimalAgent
    : agent.minimal;
