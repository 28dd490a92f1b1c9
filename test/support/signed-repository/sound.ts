/** A repository in which nothing is wrong. */
import { channel, manifest } from "./published.ts";
import { type Files, makeRoot, makeState, type StateOptions } from "./test-repository.ts";

export const NOW = 1_800_000_000;

/** A sound repository with two releases and a channel. */
export const soundOptions = (more: Partial<StateOptions> = {}): StateOptions => ({
  now: NOW,
  manifests: [manifest("42.0", "c"), manifest("42.1")],
  channels: [channel("stable", "42.0", "42.1")],
  ...more,
});

export const ROOT_1 = makeRoot({ now: NOW }).bytes;

export const soundFiles = (more: Partial<StateOptions> = {}): Files =>
  makeState(soundOptions(more)).set("metadata/1.root.json", ROOT_1);
