/**
 * Channels and rollouts: which release is for whom, and when. They are signed by an online role, which can only choose among releases that the
 * image role signed; every node works out from them by itself what it is offered. All moments are seconds since 1970.
 */

/** Shares are counted in hundredths of a percent: whole numbers, as canonical form has no others. */
export const WHOLE_SHARE = 10_000;

/**
 * One step of a rollout. From `start` on the share of nodes rises evenly, for `duration`, from that of the wave before to `share`, and stays
 * there. For `soak` after that nothing more may begin: the time in which trouble is to show.
 */
export interface Wave {
  /** Of all nodes, those of the waves before included, in hundredths of a percent. */
  readonly share: number;
  readonly start: number;
  /** In seconds; with 0 the whole step happens at `start`. */
  readonly duration: number;
  /** In seconds. */
  readonly soak: number;
}

/** Why and how a rollout is not going on. */
export type Hold =
  /** Nobody new is offered the release; who could have had it at `since` still can. */
  | { readonly kind: "paused"; readonly since: number; readonly reason: string }
  /** Nobody is offered it any more. Nodes that run it keep it, and may go on to newer ones. */
  | { readonly kind: "withdrawn"; readonly reason: string };

/** A release that nodes must not skip, or from which no upgrade leads on; with the reason, for people. */
export interface Landmark {
  readonly kind: "barrier" | "dead-end";
  readonly reason: string;
}

/** One release on a channel. */
export interface Rollout {
  readonly version: string;
  /** Says in which order the nodes' turns come: another one for each release, so that not the same nodes are always first. */
  readonly salt: string;
  /** Without waves it is offered to no one. */
  readonly waves: readonly Wave[];
  /** Groups that have waves of their own instead. */
  readonly groups: ReadonlyMap<string, readonly Wave[]>;
  readonly landmark?: Landmark;
  readonly hold?: Hold;
  /** The oldest agent that understands this rollout. Together with the manifest's: the newer of both counts. */
  readonly minimalAgent?: string;
}

/** A named choice of releases of one image. */
export interface Channel {
  readonly image: string;
  readonly name: string;
  /** In any order; the order of versions counts. */
  readonly rollouts: readonly Rollout[];
}

/** The waves that count for a node of this group. */
export const wavesFor = (rollout: Rollout, group: string | undefined): readonly Wave[] =>
  (group === undefined ? undefined : rollout.groups.get(group)) ?? rollout.waves;

/** When a wave has its whole share. */
export const waveEnd = (wave: Wave): number => wave.start + wave.duration;
