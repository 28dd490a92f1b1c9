/** The part of the composer that the command line calls, so that tests can answer in its place. */
import type * as composer from "@slipway/composer";

export type Composer = Pick<
  typeof composer,
  | "bootMachine"
  | "buildReleases"
  | "collectGarbage"
  | "diffReleases"
  | "editRepository"
  | "ensureRepository"
  | "exportRelease"
  | "initKeys"
  | "inspectRelease"
  | "lockImage"
  | "openKeys"
  | "openMetadata"
  | "planBuild"
  | "presentRelease"
  | "publish"
  | "refreshRepository"
  | "requireKeys"
  | "revokeKeys"
  | "listKeys"
  | "rotateKeys"
  | "runDemo"
  | "serveRepository"
  | "TreeRefused"
  | "verifyRepository"
>;
