/** What can happen to a node, each as one number: so that a story that goes wrong can be made shorter. */
import { runAgent } from "../../src/engine/run.ts";
import type { Event } from "../../src/machine/event.ts";
import type { Settings } from "../../src/machine/situation.ts";
import { parseWindow } from "../../src/window/window.ts";
import { type Nature, Off, Violation, worldRelease } from "./small-node.ts";
import { groupOf, SERVERS, World } from "./world.ts";

const NATURES: readonly Nature[] = ["good", "good", "good", "fails", "panics", "silent"];
const everyOtherHour = parseWindow("cron 0 */2 * * * for 1h");
const schedule = {
  timeZone: "UTC",
  windows: everyOtherHour.ok ? [everyOtherHour.window] : [],
  blackouts: [],
};
const SETTINGS: readonly Partial<Settings>[] = [
  { strategy: "immediate", stage: "early" },
  { strategy: "immediate", stage: "early" },
  { strategy: "manual", stage: "early" },
  { strategy: "manual", stage: "at-window" },
  { strategy: "immediate", stage: "at-window" },
  { strategy: "window", stage: "early", schedule },
  { strategy: "window", stage: "at-window", schedule },
  ...SERVERS.flatMap((lockServer): readonly Partial<Settings>[] => [
    { strategy: "lock", stage: "early", lockServer },
    { strategy: "lock", stage: "at-window", lockServer },
  ]),
];

const MOST_RELEASES = 8;
const MINUTE = 60_000;

/** Runs the agent once, and lets happen what follows from that. */
export const run = async (world: World, event: Event, killsOnly = false): Promise<void> => {
  let isRebooting = false;
  try {
    const result = await runAgent(world.ports, event);
    isRebooting = result.kind === "ran" && result.isRebooting;
    if (result.kind === "ran" && !isRebooting)
      world.nowMs += Math.min(result.wakeInMs, 30 * MINUTE);
  } catch (error) {
    if (!(error instanceof Off)) throw error;
  }
  const wasCut = world.isOff;
  world.cutAfter(undefined);
  if (isRebooting) world.boot();
  else if (wasCut && killsOnly) world.revive();
  else if (wasCut) world.boot();
};

interface Draw {
  readonly world: World;
  /** 0 to 63: which of several. */
  readonly pick: number;
  readonly isKill: boolean;
}

type Happening = (draw: Draw) => Promise<void> | void;

const tick: Happening = ({ world, isKill }) => run(world, { kind: "tick" }, isKill);

const publish: Happening = async ({ world, pick, isKill }) => {
  const next = world.releases[world.offered.length + 1];
  if (next !== undefined) world.offered.push(next);
  world.nowMs += 12 * MINUTE;
  await run(world, { kind: "tick" }, isKill || pick % 2 === 0);
};

const order: Happening = ({ world, pick }) => {
  const { version } = world.booted;
  const forbidden = [...world.ledger.forbidden.values()][pick % 3];
  switch (pick % 6) {
    case 0:
      return world.order({ kind: "pinned", version });
    case 1:
      return world.order({ kind: "paused" });
    case 2:
      return world.order({ kind: "resumed" });
    case 3:
      return forbidden && world.order({ kind: "forgiven", release: forbidden.release });
    default:
      return world.order({ kind: "unpinned" });
  }
};

const HAPPENINGS: readonly Happening[] = [
  tick,
  tick,
  publish,
  publish,
  publish,
  ({ world }) => world.decide(true),
  ({ world, pick }) => world.decide(pick % 2 === 0),
  ({ world, isKill }) => run(world, { kind: "update-asked" }, isKill),
  ({ world, isKill, pick }) =>
    run(world, { kind: "rollback-asked", reason: "to see", acceptEpoch: pick % 3 }, isKill),
  ({ world, isKill }) => run(world, { kind: "rollback-asked", reason: "to see" }, isKill),
  ({ world, isKill }) => run(world, { kind: "check-asked" }, isKill),
  order,
  order,
  ({ world }) => world.boot(),
  ({ world, pick }) => {
    if (pick % 4 === 0) world.kexec();
    if (pick % 4 === 1) world.isDegraded = true;
    if (pick % 4 === 2) world.menuChoice = "other";
    if (pick % 4 === 3) world.giveWay();
  },
  ({ world, pick }) => {
    world.settings = { ...world.settings, ...SETTINGS[pick % SETTINGS.length] };
  },
  ({ world, pick }) => {
    world.failing = pick % 4;
    const during = pick % 16 < 8 ? "stage" : "finalize";
    const { version } = world.booted;
    world.lostAnswers = Math.floor(pick / 16);
    if (pick % 8 === 0) world.orderMeanwhile = { during, entry: { kind: "pinned", version } };
    if (pick % 8 === 4) world.orderMeanwhile = { during, entry: { kind: "paused" } };
  },
  // Another node goes, or comes back.
  ({ world, pick }) => {
    const group = groupOf(SERVERS[pick % SERVERS.length] ?? { address: "", group: "" });
    if (pick % 4 < 2) world.slots.take(group, "another-node");
    else world.slots.give(group, "another-node");
  },
  ({ world, pick }) => {
    world.holding = ([undefined, undefined, "HOOK_HELD", "HOOK_NOT_YET"] as const)[pick % 4];
    world.isHeldAtReboot = pick % 8 < 4;
    world.isSomebodyThere = pick % 16 < 8;
  },
  ({ world, pick, isKill }) =>
    run(world, { kind: "update-asked", ...(pick % 2 === 0 ? { skipHooks: true } : {}) }, isKill),
  ({ world, pick }) => {
    if (pick % 4 === 0) world.loseJournal();
    if (pick % 4 === 1) world.isAdversarial = true;
    if (pick % 4 === 2) world.nowMs -= 10 * 365 * 24 * 60 * MINUTE;
    if (pick % 4 === 3) world.nowMs += 2 * 365 * 24 * 60 * MINUTE;
  },
];

/** So many different things at most happen in one number. */
export const MOST_NUMBER: number = HAPPENINGS.length * 64 * 64 * 2 - 1;

/** A node of its own; the seed says what its releases are like. */
export const aWorld = (seed: number): World => {
  let luck = seed;
  const draw = (below: number): number => {
    luck = (luck * 48_271 + 11) % 2_147_483_647;
    return luck % below;
  };
  let epoch = 0;
  const releases = Array.from({ length: MOST_RELEASES }, (_, index) => {
    if (draw(4) === 0) epoch++;
    const nature = index === 0 ? "good" : (NATURES[draw(NATURES.length)] ?? "good");
    return worldRelease(index + 1, nature, epoch);
  });
  return new World(releases);
};

/** Lets one thing happen, perhaps with a cut in its middle. */
export const happen = async (world: World, number: number): Promise<void> => {
  const happening = HAPPENINGS[number % HAPPENINGS.length];
  const rest = Math.floor(number / HAPPENINGS.length);
  const [pick, cut] = [rest % 64, Math.floor(rest / 64) % 64];
  world.cutAfter(cut < 24 ? cut : undefined);
  await happening?.({ world, pick, isKill: Math.floor(rest / 4096) % 2 === 1 });
  world.cutAfter(undefined);
};

const ENDINGS: ReadonlySet<string> = new Set(["steady", "waiting", "staged", "held"]);

/** Nothing happens any more: everything that was begun has to end. */
export const settle = async (world: World): Promise<void> => {
  world.failing = 0;
  world.lostAnswers = 0;
  world.orderMeanwhile = undefined;
  world.isAdversarial = false;
  world.menuChoice = undefined;
  // Somebody may stay for ever: a restart is put off for them so often and no more.
  world.holding = undefined;
  if (world.isUnproven || world.isDegraded) world.boot();
  let quiet = 0;
  for (let round = 0; round < 120 && quiet < 5; round++) {
    world.decide(true);
    await run(world, { kind: "tick" });
    quiet = ENDINGS.has(world.journal?.state.kind ?? "init") ? quiet + 1 : 0;
  }
  if (quiet === 0) throw new Violation(`the node is ${world.journal?.state.kind} and stays so`);
};
