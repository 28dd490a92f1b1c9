/** From which releases a new one gets deltas, and from which its frames. Pure. */
import { type Channel, compareVersions } from "@slipway/release";
import type { PublishedRelease } from "./contents.ts";

/** How many predecessors get deltas unless somebody says otherwise: nodes that are further back are few, and have the index. */
export const DEFAULT_DELTAS = 3;

interface Chosen {
  readonly image: string;
  readonly version: string;
  readonly architecture: string;
}

/**
 * The newest `count` releases before this one, newest first: those of the channel, where it is to go on one, else all of the image. Withdrawn
 * ones count too, for nodes run them and must get away.
 */
export const choosePredecessors = (
  releases: readonly PublishedRelease[],
  release: Chosen,
  channel: Channel | undefined,
  count: number,
): readonly PublishedRelease[] => {
  const onChannel =
    channel === undefined || channel.rollouts.length === 0
      ? undefined
      : new Set(channel.rollouts.map(({ version }) => version));
  return newestFirst(releases, release)
    .filter(
      ({ manifest }) =>
        (onChannel === undefined || onChannel.has(manifest.version)) &&
        compareVersions(manifest.version, release.version) < 0,
    )
    .slice(0, count);
};

/**
 * The release that frames are taken from: the newest before this one, whatever channel it is on and however many deltas are made; the oldest after
 * it where there is none before.
 */
export const chooseNearest = (
  releases: readonly PublishedRelease[],
  release: Chosen,
): PublishedRelease | undefined => {
  const others = newestFirst(releases, release).filter(
    ({ manifest }) => compareVersions(manifest.version, release.version) !== 0,
  );
  const isBefore = ({ manifest }: PublishedRelease) =>
    compareVersions(manifest.version, release.version) < 0;
  return others.find(isBefore) ?? others.at(-1);
};

const newestFirst = (
  releases: readonly PublishedRelease[],
  { image, architecture }: Chosen,
): readonly PublishedRelease[] =>
  releases
    .filter(({ manifest }) => manifest.image === image && manifest.architecture === architecture)
    .toSorted((a, b) => compareVersions(b.manifest.version, a.manifest.version));
