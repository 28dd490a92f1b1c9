/** From which releases a new one gets deltas. Pure. */
import { type Channel, compareVersions } from "@slipway/release";
import type { PublishedRelease } from "./contents.ts";

/** How many predecessors get deltas unless somebody says otherwise: nodes that are further back are few, and have the index. */
export const DEFAULT_DELTAS = 3;

/**
 * The newest `count` releases before this one, newest first: those of the channel, where it is to go on one, else all of the image. Withdrawn
 * ones count too, for nodes run them and must get away.
 */
export const choosePredecessors = (
  releases: readonly PublishedRelease[],
  release: {
    readonly image: string;
    readonly version: string;
    readonly architecture: string;
  },
  channel: Channel | undefined,
  count: number,
): readonly PublishedRelease[] => {
  const onChannel =
    channel === undefined || channel.rollouts.length === 0
      ? undefined
      : new Set(channel.rollouts.map(({ version }) => version));
  return releases
    .filter(
      ({ manifest }) =>
        manifest.image === release.image &&
        manifest.architecture === release.architecture &&
        (onChannel === undefined || onChannel.has(manifest.version)) &&
        compareVersions(manifest.version, release.version) < 0,
    )
    .toSorted((a, b) => compareVersions(b.manifest.version, a.manifest.version))
    .slice(0, count);
};
