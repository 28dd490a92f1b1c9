/** What stories of the engine have in common: a node, what is published for it, and the time that goes by. */
import assert from "node:assert/strict";
import { runAgent } from "../../src/engine/run.ts";
import type { Event } from "../../src/machine/event.ts";
import type { State } from "../../src/machine/state.ts";
import { type Nature, worldRelease } from "./small-node.ts";
import { run } from "./story.ts";
import { World } from "./world.ts";

export const MINUTE = 60_000;
export const HOUR: number = 60 * MINUTE;

/** Releases 1, 2, 3 … of these natures; the node runs the first. */
export const nodeWith = (...natures: readonly Nature[]): World =>
  new World(
    (["good", ...natures] as const).map((nature, index) => worldRelease(index + 1, nature)),
  );

export const publish = (world: World, version: number): void => {
  const release = world.releases[version - 1];
  if (release !== undefined) world.offered.push(release);
};

export const tick = (world: World): Promise<void> => run(world, { kind: "tick" });

/** An hour goes by, in which the daemon looks often. */
export const anHour = async (world: World): Promise<void> => {
  for (let looks = 0; looks < 6; looks++) {
    world.decide(true);
    await tick(world);
    world.nowMs += HOUR / 6;
  }
};

export const stateOf = (world: World): State["kind"] | undefined => world.journal?.state.kind;

export const refusalOf = async (world: World, event: Event): Promise<string | undefined> => {
  const result = await runAgent(world.ports, event);
  return result.kind === "ran" ? result.refusal?.code : result.kind;
};

export const upgraded = async (...natures: readonly Nature[]): Promise<World> => {
  const world = nodeWith("good", ...natures);
  publish(world, 2);
  await anHour(world);
  assert.equal(world.booted.version, "2");
  return world;
};
