/** The part of the composer that the command line calls, so that tests can answer in its place. */
import type * as composer from "@slipway/composer";

export type Composer = Pick<
  typeof composer,
  | "bootMachine"
  | "buildReleases"
  | "diffReleases"
  | "ensureRepository"
  | "initKeys"
  | "inspectRelease"
  | "lockImage"
  | "openKeys"
  | "openMetadata"
  | "planBuild"
  | "presentRelease"
  | "refreshRepository"
  | "revokeKeys"
  | "listKeys"
  | "rotateKeys"
  | "TreeRefused"
>;
