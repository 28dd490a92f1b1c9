/** What publishing does to a channel: the decision, before anything is signed. Pure. */
import {
  type Channel,
  checkChannel,
  DEFAULT_POLICY,
  type Finding,
  lostOffers,
  planRollout,
  type ReleaseSummary,
  type Rollout,
  type RolloutPolicy,
} from "@slipway/release";

export interface ChannelEdit {
  readonly image: string;
  readonly name: string;
  readonly version: string;
  /** Without one, a release that is new on the channel gets the default, and one that is on it keeps its waves. */
  readonly policy: RolloutPolicy | undefined;
  /** For a release that is new on the channel: hex. */
  readonly salt: string;
  /** Seconds since 1970. */
  readonly now: number;
}

export interface EditedChannel {
  readonly channel: Channel;
  readonly changed: boolean;
  /** Whom the edit takes an offer from. */
  readonly lost: readonly Finding[];
}

/** The channel with the release on it. */
export const addToChannel = (
  before: Channel | undefined,
  { image, name, version, policy, salt, now }: ChannelEdit,
): EditedChannel => {
  const channel = before ?? { image, name, rollouts: [] };
  const known = channel.rollouts.find((rollout) => rollout.version === version);
  if (known !== undefined && policy === undefined) return { channel, changed: false, lost: [] };
  const rollout = planAgain(known, planRollout(policy ?? DEFAULT_POLICY, { version, salt }, now));
  const edited: Channel = {
    ...channel,
    rollouts:
      known === undefined
        ? [...channel.rollouts, rollout]
        : channel.rollouts.map((other) => (other === known ? rollout : other)),
  };
  return { channel: edited, changed: true, lost: lostOffers(channel, edited, now) };
};

/** A rollout planned anew: the order of the nodes, a pause and what else was said of it stay. */
const planAgain = (known: Rollout | undefined, planned: Rollout): Rollout =>
  known === undefined
    ? planned
    : {
        ...planned,
        salt: known.salt,
        ...(known.hold === undefined ? {} : { hold: known.hold }),
        ...(known.minimalAgent === undefined ? {} : { minimalAgent: known.minimalAgent }),
      };

/**
 * What there is to say of a channel, given what is signed for each architecture. A release need not be there for all of them: where it is not,
 * the channel is judged without it.
 */
export const findingsOf = (
  channel: Channel,
  signed: ReadonlyMap<string, ReadonlyMap<string, ReleaseSummary>>,
): readonly Finding[] => {
  const somewhere = new Set([...signed.values()].flatMap((versions) => [...versions.keys()]));
  const architectures = signed.size === 0 ? [new Map<string, ReleaseSummary>()] : signed.values();
  const findings = [...architectures].flatMap((versions) =>
    checkChannel(
      {
        ...channel,
        rollouts: channel.rollouts.filter(
          ({ version }) => versions.has(version) || !somewhere.has(version),
        ),
      },
      versions,
    ),
  );
  const byMessage = new Map(findings.map((finding) => [finding.message, finding]));
  return [...byMessage.values()];
};
