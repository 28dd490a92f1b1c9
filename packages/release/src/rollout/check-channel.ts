/** What is wrong with a channel beyond the shape of its members. */
import type { SignedRelease } from "../graph/graph.ts";
import { compareVersions } from "../version.ts";
import type { Finding, Path } from "../wire/finding.ts";
import { gatherProblems, type Problems } from "../wire/reader.ts";
import { type Channel, type Rollout, type Wave, waveEnd, WHOLE_SHARE } from "./channel.ts";

const percent = (share: number): string => `${share / 100} %`;

/** Each wave begins after the one before has soaked, and raises the share. */
export const checkWaves = (waves: readonly Wave[], path: Path, problems: Problems): void => {
  for (const [index, wave] of waves.entries()) {
    const before = waves[index - 1];
    if (before === undefined) continue;
    const at = (member: string): Path => [...path, index, member];
    if (wave.start < waveEnd(before))
      problems.error(
        "waves-overlap",
        at("start"),
        `wave ${index + 1} begins at ${wave.start}, before wave ${index} ends at ${waveEnd(before)}`,
        `let it begin at ${waveEnd(before) + before.soak} or later`,
      );
    else if (wave.start < waveEnd(before) + before.soak)
      problems.error(
        "soak-cut-short",
        at("start"),
        `wave ${index + 1} begins at ${wave.start}, while wave ${index} soaks until ${waveEnd(before) + before.soak}`,
        "let it begin later, or shorten the soak of the wave before",
      );
    if (wave.share <= before.share)
      problems.error(
        "share-not-rising",
        at("share"),
        `wave ${index + 1} reaches ${percent(wave.share)} of the nodes, no more than the ${percent(before.share)} of the wave before`,
        "give each wave a larger share than the one before",
      );
  }
};

const checkTwins = ({ rollouts }: Channel, problems: Problems): void => {
  const salts = new Map<string, string>();
  for (const [index, { salt, version }] of rollouts.entries()) {
    const other = salts.get(salt);
    if (other !== undefined)
      problems.error(
        "salt-reused",
        ["rollouts", index, "salt"],
        `${version} has the salt of ${other}, so the same nodes would be first again`,
        "draw a new salt for each release",
      );
    salts.set(salt, version);
  }
  const sorted = [...rollouts.entries()].toSorted(([, a], [, b]) =>
    compareVersions(a.version, b.version),
  );
  for (const [place, [index, { version }]] of sorted.entries()) {
    const before = sorted[place - 1]?.[1];
    if (before !== undefined && compareVersions(before.version, version) === 0)
      problems.error(
        "duplicate-version",
        ["rollouts", index, "version"],
        `${version} is the same version as ${before.version}`,
        "name each release once",
      );
  }
};

/** Everything without which the arithmetic of the channel would mean nothing. */
export const checkRollouts = (channel: Channel, problems: Problems): void => {
  checkTwins(channel, problems);
  for (const [index, { waves, groups }] of channel.rollouts.entries()) {
    checkWaves(waves, ["rollouts", index, "waves"], problems);
    for (const [group, own] of groups)
      checkWaves(own, ["rollouts", index, "groups", group], problems);
  }
};

const isComplete = ({ waves }: Rollout): boolean => waves.at(-1)?.share === WHOLE_SHARE;

const checkBarrier = (rollout: Rollout, path: Path, problems: Problems): void => {
  if (rollout.landmark?.kind !== "barrier") return;
  if (rollout.hold?.kind === "withdrawn")
    problems.error(
      "barrier-impassable",
      [...path, "hold"],
      `${rollout.version} is a barrier and withdrawn: no node that is older gets past it`,
      "publish a release that takes its place, and take the barrier off this one",
    );
  else if (!isComplete(rollout))
    problems.note({
      level: "warning",
      rule: "barrier-impassable",
      message: `${rollout.version} is a barrier, and its waves never reach all nodes: the rest stay behind it`,
      hint: "give it a last wave of 100 %",
      path: [...path, "waves"],
    });
};

/**
 * What a publisher should hear of a channel for one architecture, given what the image role signed for that: errors are mistakes that nodes
 * would only meet as a missing offer.
 */
export const checkChannel = (
  channel: Channel,
  signed: ReadonlyMap<string, Pick<SignedRelease, "securityEpoch">>,
): readonly Finding[] => {
  const problems = gatherProblems();
  checkRollouts(channel, problems);
  let highest: { readonly version: string; readonly epoch: number } | undefined;
  const ascending = [...channel.rollouts.entries()].toSorted(([, a], [, b]) =>
    compareVersions(a.version, b.version),
  );
  for (const [index, rollout] of ascending) {
    const path: Path = ["rollouts", index];
    const release = signed.get(rollout.version);
    if (release === undefined)
      problems.error(
        "not-signed",
        [...path, "version"],
        `${rollout.version} is not signed by the image role, so no node will take it`,
        "publish the release first, or take it off the channel",
      );
    else if (highest !== undefined && release.securityEpoch < highest.epoch)
      problems.error(
        "epoch-falls",
        [...path, "version"],
        `${rollout.version} has security epoch ${release.securityEpoch}, below the ${highest.epoch} of the older ${highest.version}`,
        "build it again with a security epoch that is no lower",
      );
    else highest = { version: rollout.version, epoch: release.securityEpoch };
    checkBarrier(rollout, path, problems);
    if (rollout.waves.length > 0 && !isComplete(rollout) && rollout.landmark === undefined)
      problems.note({
        level: "warning",
        rule: "never-complete",
        message: `the waves of ${rollout.version} end at ${percent(rollout.waves.at(-1)?.share ?? 0)} of the nodes`,
        hint: "add a last wave of 100 % when it is to reach the rest",
        path: [...path, "waves"],
      });
  }
  return problems.findings();
};
