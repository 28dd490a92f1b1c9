/** Words in which the rows of the table are written. Pure. */
import type { ReleaseRef } from "../../machine/release.ts";
import type { Sample } from "./metric.ts";

export const one = (value: number | undefined): readonly Sample[] =>
  value === undefined ? [] : [{ value }];

export const yes = (is: boolean): readonly Sample[] => [{ value: is ? 1 : 0 }];

/** A sample a choice, of which one is 1. */
export const oneHot = (
  label: string,
  choices: readonly string[],
  chosen: string | undefined,
): readonly Sample[] =>
  choices.map((choice) => ({ labels: { [label]: choice }, value: choice === chosen ? 1 : 0 }));

export const info = (labels: Readonly<Record<string, string>> | undefined): readonly Sample[] =>
  labels === undefined ? [] : [{ labels, value: 1 }];

export const releaseInfo = (release: ReleaseRef | undefined): readonly Sample[] =>
  info(release && { version: release.version, roothash: release.roothash });

/** Of milliseconds. */
export const seconds = (ms: number): number => ms / 1000;

export const RELEASE_LABELS = ["version", "roothash"] as const;
