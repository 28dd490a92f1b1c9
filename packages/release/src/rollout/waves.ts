/** The curve of a rollout: which share of the nodes is offered the release at a moment, and when a node's turn comes. */
import { type Rollout, type Wave, wavesFor, waveEnd, WHOLE_SHARE } from "./channel.ts";

/**
 * When the turn of the node at `place` comes, or nothing where no wave reaches it. That moment alone decides about an offer: hence the
 * share cannot fall as time passes, and what a node is told beforehand is what then happens.
 */
export const turnOf = (waves: readonly Wave[], place: number): number | undefined => {
  const position = place * WHOLE_SHARE;
  let before = 0;
  for (const wave of waves) {
    if (position < wave.share) {
      // What lies below the wave before was reached with that one at the latest.
      const into = Math.max(0, position - before) / (wave.share - before);
      return wave.start + Math.ceil(wave.duration * into);
    }
    before = Math.max(before, wave.share);
  }
  return undefined;
};

/** The share of nodes, in hundredths of a percent, whose turn has come at a moment. */
export const shareAt = (waves: readonly Wave[], now: number): number => {
  let share = 0;
  for (const wave of waves) {
    if (now < wave.start) break;
    const elapsed = Math.min(now, waveEnd(wave)) - wave.start;
    const part = wave.duration === 0 ? 1 : elapsed / wave.duration;
    share = Math.max(share, share + (wave.share - share) * part);
  }
  return share;
};

/** The latest moment of the curve that counts at `now`: a pause stops it, a withdrawal ends it. */
export const effectiveNow = (rollout: Rollout, now: number): number | undefined => {
  switch (rollout.hold?.kind) {
    case undefined:
      return now;
    case "paused":
      return Math.min(now, rollout.hold.since);
    case "withdrawn":
      return undefined;
  }
};

/** The share of a group's nodes, in hundredths of a percent, that is offered the release at a moment. */
export const offeredShare = (rollout: Rollout, group: string | undefined, now: number): number => {
  const moment = effectiveNow(rollout, now);
  return moment === undefined ? 0 : shareAt(wavesFor(rollout, group), moment);
};
