/** Changes of a rollout under way, and whom they take an offer from. */
import { compareVersions } from "../version.ts";
import type { Finding, Path } from "../wire/finding.ts";
import { type Channel, type Rollout, type Wave, waveEnd, WHOLE_SHARE } from "./channel.ts";
import { offeredShare, shareAt } from "./waves.ts";

/** From `now` on nobody new is offered the release. A pause that began earlier stays; what was withdrawn stays so. */
export const pauseRollout = (rollout: Rollout, now: number, reason: string): Rollout => {
  if (rollout.hold?.kind === "withdrawn") return rollout;
  const since = rollout.hold === undefined ? now : Math.min(now, rollout.hold.since);
  return { ...rollout, hold: { kind: "paused", since, reason } };
};

/** Nobody is offered the release any more. */
export const withdrawRollout = (rollout: Rollout, reason: string): Rollout => ({
  ...rollout,
  hold: { kind: "withdrawn", reason },
});

/** A wave that was stopped at `since` goes on at `now` from the share that it had; later ones keep their distance to it. */
const resumeWave =
  (waves: readonly Wave[], since: number, now: number) =>
  (wave: Wave): readonly Wave[] => {
    if (waveEnd(wave) <= since) return [wave];
    if (wave.start >= since) return [{ ...wave, start: wave.start + (now - since) }];
    // Rounded up: whoever had the offer keeps it.
    const reached = Math.min(Math.ceil(shareAt(waves, since)), wave.share);
    const head: Wave = { share: reached, start: wave.start, duration: since - wave.start, soak: 0 };
    const rest = waveEnd(wave) - since;
    return reached === wave.share
      ? [{ ...head, soak: wave.soak }]
      : [head, { share: wave.share, start: now, duration: rest, soak: wave.soak }];
  };

const resumeWaves = (waves: readonly Wave[], since: number, now: number): readonly Wave[] =>
  waves.flatMap(resumeWave(waves, since, now));

/**
 * The pause ends at `now`, and the curve goes on where it stopped: everything that was still to come comes later by the length of the pause.
 * Taking the pause away without that would let the share leap.
 */
export const resumeRollout = (rollout: Rollout, now: number): Rollout => {
  if (rollout.hold?.kind !== "paused") return rollout;
  const { hold, ...rest } = rollout;
  if (now <= hold.since) return rest;
  return {
    ...rest,
    waves: resumeWaves(rollout.waves, hold.since, now),
    groups: new Map(
      [...rollout.groups].map(([name, waves]) => [name, resumeWaves(waves, hold.since, now)]),
    ),
  };
};

const groupsOf = (...rollouts: readonly Rollout[]): readonly (string | undefined)[] => [
  undefined,
  ...new Set(rollouts.flatMap(({ groups }) => [...groups.keys()])),
];

/** Why nodes that are offered a release before an edit are not offered it after. Nothing where nobody loses the offer. */
const lossOf = (before: Rollout, after: Rollout | undefined, now: number): string | undefined => {
  const offered = groupsOf(before).some((group) => offeredShare(before, group, now) > 0);
  if (!offered || before.landmark?.kind === "dead-end") return undefined;
  if (after === undefined) return "it is no longer on the channel";
  if (after.hold?.kind === "withdrawn") return "it is withdrawn";
  if (after.landmark?.kind === "dead-end") return "it is a dead end now";
  const { minimalAgent } = after;
  if (minimalAgent !== undefined && compareVersions(minimalAgent, before.minimalAgent ?? "~") > 0)
    return `it asks for an agent from ${minimalAgent} on now`;
  for (const group of groupsOf(before, after)) {
    const [had, has] = [offeredShare(before, group, now), offeredShare(after, group, now)];
    const who = group === undefined ? "all nodes" : `group ${group}`;
    if (has < had) return `the share of ${who} falls from ${had / 100} % to ${has / 100} %`;
    if (had > 0 && has < WHOLE_SHARE && before.salt !== after.salt)
      return `its salt is another, so the share of ${who} are other nodes`;
  }
  return undefined;
};

/** The oldest release that an edit makes a barrier: whatever is newer is out of reach of older nodes for a while. */
const newBarrier = (before: Channel, after: Channel): string | undefined => {
  const barriersOf = ({ rollouts }: Channel): readonly string[] =>
    rollouts.filter(({ landmark }) => landmark?.kind === "barrier").map(({ version }) => version);
  const known = new Set(barriersOf(before));
  return barriersOf(after)
    .filter((version) => !known.has(version))
    .toSorted(compareVersions)[0];
};

/**
 * Whom an edit of a channel at `now` (whole seconds since 1970) takes an offer from: one finding a release. No findings mean that whoever is
 * offered a release before the edit is offered it, or a newer one, after: then, and at every later moment until the next edit.
 */
export const lostOffers = (before: Channel, after: Channel, now: number): readonly Finding[] => {
  const later = new Map(
    after.rollouts.map((rollout, index) => [rollout.version, { rollout, index }]),
  );
  const barrier = newBarrier(before, after);
  return before.rollouts.flatMap((rollout): readonly Finding[] => {
    const { version } = rollout;
    const edited = later.get(version);
    const isCutOff =
      barrier !== undefined &&
      compareVersions(version, barrier) > 0 &&
      groupsOf(rollout).some((group) => offeredShare(rollout, group, now) > 0);
    const why =
      lossOf(rollout, edited?.rollout, now) ??
      (isCutOff ? `older nodes have to pass through ${barrier} first now` : undefined);
    if (why === undefined) return [];
    const path: Path = edited === undefined ? ["rollouts"] : ["rollouts", edited.index];
    return [
      {
        level: "warning",
        rule: "offer-lost",
        message: `nodes that are offered ${version} would be offered it no more: ${why}`,
        hint: "change only what is still to come, or say that this is meant",
        path,
      },
    ];
  });
};
