import type { Minor } from "./table.ts";

/** The specs that can be read, oldest first. */
export const IGNITION_VERSIONS = [
  "3.0.0",
  "3.1.0",
  "3.2.0",
  "3.3.0",
  "3.4.0",
  "3.5.0",
  "3.6.0",
] as const;

/** The spec that is still being written, read only where it is asked for. */
export const EXPERIMENTAL_VERSION = "3.7.0-experimental";

/** A stable spec. */
export type StableVersion = (typeof IGNITION_VERSIONS)[number];

/** Any spec. */
export type IgnitionVersion = StableVersion | typeof EXPERIMENTAL_VERSION;

const MINORS: Readonly<Record<IgnitionVersion, Minor>> = {
  "3.0.0": 0,
  "3.1.0": 1,
  "3.2.0": 2,
  "3.3.0": 3,
  "3.4.0": 4,
  "3.5.0": 5,
  "3.6.0": 6,
  "3.7.0-experimental": 7,
};

/** The number under which the tables know a spec. */
export const minorOf = (version: IgnitionVersion): Minor => MINORS[version];

/** The spec of a minor number. */
export const versionOf = (minor: Minor): IgnitionVersion =>
  minor === 7 ? EXPERIMENTAL_VERSION : IGNITION_VERSIONS[minor];
