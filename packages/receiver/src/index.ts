/** How a release reaches a slot: fetched, verified, staged. */
export { ReceiverError, type ReceiverErrorCode, type ReceiverErrorDetails } from "./errors.ts";
export { archiveSource } from "./fetch/archive-source.ts";
export type { FetchRequest, RepositorySource } from "./fetch/source.ts";

export { openTrust, type Trust, type TrustOptions } from "./trust/open-trust.ts";
export type { TrustedView } from "./trust/trusted-view.ts";
export { directorySource } from "./fetch/directory-source.ts";
export { httpSource, type HttpSourceOptions } from "./fetch/http-source.ts";
export {
  DEFAULT_FETCH_LIMITS,
  type FetchLimits,
  type Mirrors,
  mirrors,
  type MirrorsOptions,
  type Piece,
} from "./fetch/mirrors.ts";
export type { StageProgress } from "./stage/progress.ts";
export { stage, type Staged, type StageOptions, type StageTarget } from "./stage/stage.ts";
export type { Seed } from "./stage/way.ts";
