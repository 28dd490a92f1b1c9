/** Which releases a repository can do without: decided from what is published alone. Pure. */
import {
  type Channel,
  compareVersions,
  offeredShare,
  type ReleaseSummary,
  type Rollout,
  WHOLE_SHARE,
} from "@slipway/release";

/** A release of one architecture as collecting sees it. */
export interface Collectable {
  readonly target: string;
  readonly summary: ReleaseSummary;
}

export interface GcPlan {
  /** TUF paths of releases that leave. */
  readonly remove: readonly string[];
  /** Channels without the releases that leave; only those that change. */
  readonly channels: readonly Channel[];
}

interface Facts {
  readonly releases: readonly Collectable[];
  readonly channels: readonly Channel[];
  /** How many of the newest stay, on every channel and for every architecture. */
  readonly keep: number;
  /** Seconds since 1970. */
  readonly now: number;
}

/**
 * What leaves. There stay: the newest `keep` of every channel and architecture (releases on no channel count as one more), barriers and dead ends,
 * releases whose rollout is not over, and whatever a node may be offered because nothing newer is for everybody.
 */
export const planGc = ({ releases, channels, keep, now }: Facts): GcPlan => {
  const kept = new Set<string>();
  const images = new Set(releases.map(({ summary }) => summary.image));
  for (const image of images) {
    const ofImage = releases.filter(({ summary }) => summary.image === image);
    const itsChannels = channels.filter((channel) => channel.image === image);
    for (const ofArchitecture of byArchitecture(ofImage)) {
      for (const channel of itsChannels)
        for (const release of keptOnChannel(channel, ofArchitecture, keep, now))
          kept.add(release.target);
      for (const release of newest(onNone(itsChannels, ofArchitecture), keep))
        kept.add(release.target);
    }
  }
  const remove = releases.filter(({ target }) => !kept.has(target)).map(({ target }) => target);
  return { remove, channels: withoutRemoved(releases, channels, kept) };
};

const byArchitecture = (releases: readonly Collectable[]): readonly (readonly Collectable[])[] => [
  ...Map.groupBy(releases, ({ summary }) => summary.architecture).values(),
];

const newest = (releases: readonly Collectable[], count: number): readonly Collectable[] =>
  releases
    .toSorted((a, b) => compareVersions(b.summary.version, a.summary.version))
    .slice(0, count);

const onNone = (
  channels: readonly Channel[],
  releases: readonly Collectable[],
): readonly Collectable[] => {
  const named = new Set(channels.flatMap(({ rollouts }) => rollouts.map(({ version }) => version)));
  return releases.filter(({ summary }) => !named.has(summary.version));
};

interface OnChannel extends Collectable {
  readonly rollout: Rollout;
}

const keptOnChannel = (
  channel: Channel,
  releases: readonly Collectable[],
  keep: number,
  now: number,
): readonly Collectable[] => {
  const listed: readonly OnChannel[] = channel.rollouts.flatMap((rollout) =>
    releases
      .filter(({ summary }) => summary.version === rollout.version)
      .map((release) => ({ ...release, rollout })),
  );
  // What is withdrawn does not use up the number: of what can be had, `keep` stay.
  const offerable = listed.filter(({ rollout }) => rollout.hold?.kind !== "withdrawn");
  const recent = new Set(newest(offerable, keep).map(({ target }) => target));
  const oldestKept = offerable
    .filter(({ target }) => recent.has(target))
    .map(({ summary }) => summary.version)
    .toSorted(compareVersions)[0];
  return listed.filter(
    (release) =>
      recent.has(release.target) ||
      release.rollout.landmark !== undefined ||
      (oldestKept !== undefined && compareVersions(release.summary.version, oldestKept) > 0) ||
      !isSuperseded(release, listed, now),
  );
};

/** Whether every node that could be offered a release, now or later, is offered a newer one instead. */
const isSuperseded = (release: OnChannel, listed: readonly OnChannel[], now: number): boolean => {
  if (release.rollout.hold?.kind === "withdrawn") return true;
  const newer = listed
    .filter(({ summary }) => compareVersions(summary.version, release.summary.version) > 0)
    .toSorted((a, b) => compareVersions(a.summary.version, b.summary.version));
  const barrier = newer.findIndex(({ rollout }) => rollout.landmark?.kind === "barrier");
  // Beyond a barrier nothing is for a node that is still before it.
  const reachable = barrier < 0 ? newer : newer.slice(0, barrier + 1);
  return reachable.some(
    (other) => isForEverybody(other.rollout, now) && asksNoNewerAgent(other, release),
  );
};

const isForEverybody = (rollout: Rollout, now: number): boolean =>
  rollout.landmark?.kind !== "dead-end" &&
  [undefined, ...rollout.groups.keys()].every(
    (group) => offeredShare(rollout, group, now) === WHOLE_SHARE,
  );

const minimalAgentOf = ({ summary, rollout }: OnChannel): string => {
  const { minimal } = summary.agent;
  const ofRollout = rollout.minimalAgent ?? minimal;
  return compareVersions(ofRollout, minimal) > 0 ? ofRollout : minimal;
};

/** A node whose agent is too old for the newer release comes to it through the older one. */
const asksNoNewerAgent = (newer: OnChannel, older: OnChannel): boolean =>
  compareVersions(minimalAgentOf(newer), minimalAgentOf(older)) <= 0;

/** A release leaves a channel when it leaves for every architecture; one that is signed for none was no offer to anybody. */
const withoutRemoved = (
  releases: readonly Collectable[],
  channels: readonly Channel[],
  kept: ReadonlySet<string>,
): readonly Channel[] =>
  channels.flatMap((channel) => {
    const stays = ({ version, landmark }: Rollout): boolean => {
      const ofVersion = releases.filter(
        ({ summary }) => summary.image === channel.image && summary.version === version,
      );
      return (
        landmark !== undefined ||
        ofVersion.length === 0 ||
        ofVersion.some(({ target }) => kept.has(target))
      );
    };
    const rollouts = channel.rollouts.filter(stays);
    return rollouts.length === channel.rollouts.length ? [] : [{ ...channel, rollouts }];
  });
