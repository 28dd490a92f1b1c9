/**
 * When things are done, and done again. Moments are milliseconds since 1970 by a clock that may be wrong: a moment further away than anything is ever put
 * off has come, so that no jump of the clock makes a node wait for years.
 */
import type { Settings, Situation } from "./situation.ts";
import type { Polling } from "./state.ts";

export const SECOND = 1000;
export const MINUTE: number = 60 * SECOND;
export const HOUR: number = 60 * MINUTE;

/** After the first failure; each further one doubles it. */
const FIRST_RETRY: number = 30 * SECOND;
const LONGEST_RETRY = HOUR;

/** A node that has just come up asks soon, but not with all that came up with it. */
const FIRST_CHECK: number = 2 * MINUTE;

/** No release is worth more time before the repository is asked again. */
export const GIVE_UP: number = 24 * HOUR;
export const MOST_ATTEMPTS = 8;

/** Of the time that a release is worth, what is over: 0 to `GIVE_UP`, whatever the clock did meanwhile. */
export const passedOf = (giveUpAtMs: number, { nowMs }: Pick<Situation, "nowMs">): number =>
  Math.min(Math.max(GIVE_UP - (giveUpAtMs - nowMs), 0), GIVE_UP);

/** Whoever is held looks again whether the reason has gone. */
export const HELD_FOR: number = 5 * MINUTE;

/** How often a node on probation looks whether it was blessed. */
export const PROBATION_LOOK: number = 15 * SECOND;

/** From a hook's "not yet" to the next time that it is asked. */
const SOON: number = MINUTE;

/** Between two attempts to end this boot. */
export const REBOOT_RETRY: number = 2 * MINUTE;

type Moment = Pick<Situation, "nowMs" | "luck">;

const between = (least: number, most: number, luck: number): number =>
  Math.round(least + (most - least) * luck);

/** After `failures` failures in a row (1 or more): from half to one and a half times what it would be. */
export const retryAt = ({ nowMs, luck }: Moment, failures: number): number => {
  const wait = Math.min(FIRST_RETRY * 2 ** Math.min(failures - 1, 20), LONGEST_RETRY);
  return nowMs + between(wait / 2, wait * 1.5, luck);
};

/** For what is not in the way for long: as often as it takes, a minute apart. */
export const soonAt = ({ nowMs, luck }: Moment): number =>
  nowMs + between(SOON * 0.8, SOON * 1.2, luck);

/** Whoever waits for others to come back does not wait for hours after they have. */
const LONGEST_LEASE_RETRY: number = 10 * MINUTE;

/** For a lock server; not before the moment that it named itself, where that is within reason. */
export const leaseRetryAt = (
  { nowMs, luck }: Moment,
  failures: number,
  retryAfterSeconds = 0,
): number => {
  const wait = Math.min(FIRST_RETRY * 2 ** Math.min(failures - 1, 20), LONGEST_LEASE_RETRY);
  const asked = Math.min(retryAfterSeconds * SECOND, LONGEST_RETRY);
  return nowMs + Math.max(between(wait / 2, wait * 1.5, luck), between(asked, asked * 1.1, luck));
};

/** Between two looks at the repository, at most. */
export const longestInterval = ({ pollSeconds }: Pick<Settings, "pollSeconds">): number =>
  pollSeconds * 1100;

/** A tenth more or less, so that nodes which were switched on together drift apart. */
export const nextCheckAt = (
  { nowMs, luck }: Moment,
  settings: Pick<Settings, "pollSeconds">,
): number => nowMs + between(settings.pollSeconds * 900, longestInterval(settings), luck);

export const firstCheckAt = (
  { nowMs, luck }: Moment,
  { pollSeconds }: Pick<Settings, "pollSeconds">,
): number => nowMs + between(0, Math.min(FIRST_CHECK, pollSeconds * SECOND), luck);

/** A check that failed is repeated sooner than the next one is due, never later. */
export const checkAgainAt = (
  moment: Moment,
  settings: Pick<Settings, "pollSeconds">,
  failures: number,
): number => Math.min(retryAt(moment, failures), nextCheckAt(moment, settings));

const longestWait = (settings: Pick<Settings, "pollSeconds">): number =>
  Math.max(LONGEST_RETRY * 1.5, longestInterval(settings), GIVE_UP);

/** Whether a moment has come. */
export const isDue = (
  atMs: number,
  { nowMs, settings }: Pick<Situation, "nowMs" | "settings">,
): boolean => nowMs >= atMs || atMs - nowMs > longestWait(settings);

/** Whether to ask the repository. A moment further away than the interval that is set now is of one that was set before: whoever shortens it does not wait for the longer one. */
export const isCheckDue = (
  { checkAtMs }: Pick<Polling, "checkAtMs">,
  { nowMs, settings }: Pick<Situation, "nowMs" | "settings">,
): boolean => nowMs >= checkAtMs || checkAtMs - nowMs > longestInterval(settings);
