/** What a release is, to those who publish it and to those who receive it. Pure: values in, values out. */
export { ARCHITECTURES, type Architecture } from "./architecture.ts";
export { compareVersions } from "./version.ts";

export { encodeCanonical, parseCanonical } from "./wire/canonical-json.ts";
export {
  type Decoded,
  type Finding,
  type FindingRule,
  formatPath,
  type Path,
} from "./wire/finding.ts";
export {
  type Bounds,
  finish,
  gatherProblems,
  type ObjectReader,
  type Problems,
  readObject,
  readSchema,
  type Shape,
} from "./wire/reader.ts";
export { DIGEST, MOMENT, REASON, VERSION } from "./wire/shapes.ts";

export {
  type AgentNeeds,
  deltasFrom,
  type FileFacts,
  type Predecessor,
  type ReleaseManifest,
  type Transport,
} from "./manifest/manifest.ts";
export {
  decodeManifest,
  encodeManifest,
  MANIFEST_SCHEMA,
  MAX_MANIFEST_BYTES,
  parseManifestFile,
} from "./manifest/decode-manifest.ts";
export {
  checkAgainstSummary,
  decodeSummary,
  MAX_LISTED_FILES,
  type ReleaseSummary,
  summarize,
} from "./manifest/summary.ts";
export {
  type BuiltRelease,
  type PublishedFacts,
  publishManifest,
} from "./manifest/publish-manifest.ts";

export {
  type ContainedEtc,
  type ContainedPackage,
  type ContainedUnit,
  type ReleaseContents,
} from "./contents/contents.ts";
export {
  decodeContents,
  encodeContents,
  MAX_CONTENTS_BYTES,
  parseContentsFile,
} from "./contents/decode-contents.ts";
/** Shared by what compares two releases: on a node by their contents, beside the composer by their images. */
export { isWishedArgument, multisetDifference } from "./contents/arguments.ts";
export {
  type ArgumentsDiff,
  compareContents,
  type ContentsDiff,
  type PackagesDiff,
  type UnitsDiff,
} from "./contents/compare-contents.ts";

export { bucket } from "./rollout/bucket.ts";
export {
  type Channel,
  type Hold,
  type Landmark,
  type Rollout,
  type Wave,
  waveEnd,
  wavesFor,
  WHOLE_SHARE,
} from "./rollout/channel.ts";
export { checkChannel } from "./rollout/check-channel.ts";
export {
  CHANNEL_SCHEMA,
  decodeChannel,
  encodeChannel,
  MAX_CHANNEL_BYTES,
  parseChannelFile,
} from "./rollout/decode-channel.ts";
export { lostOffers, pauseRollout, resumeRollout, withdrawRollout } from "./rollout/edits.ts";
export {
  decodePolicy,
  DEFAULT_POLICY,
  EMERGENCY_POLICY,
  planRollout,
  type PlannedWave,
  type RolloutPolicy,
} from "./rollout/policy.ts";
export { offeredShare, shareAt, turnOf } from "./rollout/waves.ts";

export type { Blocker, BlockerRule } from "./graph/blocker.ts";
export {
  buildGraph,
  type GraphRelease,
  type NodeFacts,
  type SignedRelease,
  type UpdateGraph,
} from "./graph/graph.ts";
export { type Offer, offerOf, offers, type Route, routeOf, type Wish } from "./graph/offers.ts";

export { alignFiles } from "./delta/align-files.ts";
export { align } from "./delta/align.ts";
export type { Alignment } from "./delta/align.ts";
export { applyDelta, readDeltaHeader } from "./delta/apply-delta.ts";
export type { ApplyDelta, ByteSink } from "./delta/apply-delta.ts";
export type { ByteSource, Extent } from "./delta/byte-source.ts";
export { DeltaError } from "./delta/delta-error.ts";
export type { DeltaErrorCode } from "./delta/delta-error.ts";
export type { DeltaHeader } from "./delta/format.ts";
export type { Image, ImageFile } from "./delta/image-regions.ts";
export { makeDelta } from "./delta/make-delta.ts";
export type { DeltaProgress, HashedImage, MakeDeltaOptions } from "./delta/make-delta.ts";

export type { FrameTable, Frame } from "./frames/frame-table.ts";
export { makeFrames, type MadeFrames, type MakeFramesOptions } from "./frames/make-frames.ts";
export { type PackedFrames, readPackedFrames } from "./frames/packed-frames.ts";
export {
  frameCheck,
  framesFor,
  frameTableOf,
  readFrameTable,
  unpackFrame,
  unpackFrameInto,
} from "./frames/read-frames.ts";
export { TransportError, type TransportErrorCode } from "./frames/transport-error.ts";
export {
  decodeIndex,
  type ImageIndex,
  type IndexedPiece,
  type LeafHashes,
  MAX_INDEX_BYTES,
} from "./block-index/image-index.ts";
export {
  type KnownLeaves,
  leafLevel,
  leafRequests,
  type LeafRequest,
  noLeaves,
  takeLeaves,
} from "./block-index/leaf-hashes.ts";
export { CopyChecker } from "./plan/check-copy.ts";
export {
  makeFullPlan,
  makePlan,
  piecesToLookInto,
  type PlanParts,
  type Target,
} from "./plan/make-plan.ts";
export type { Check, Copy, Fetch, Keep, Operation, Plan, Seed, Zero } from "./plan/plan.ts";
export {
  DELTA_FORMAT,
  FRAMES_FORMAT,
  INDEX_FORMAT,
  type NodeHas,
  type PassedOver,
  type RankedWay,
  rankWays,
} from "./plan/rank-ways.ts";
export { type FrameStep, type Step, stepsOf } from "./plan/steps.ts";

export {
  blobPath,
  type ChannelName,
  channelOfTarget,
  channelTarget,
  metadataFile,
  type ReleaseName,
  releaseOfTarget,
  releaseTarget,
  type RepositoryFile,
  repositoryFile,
  roleFile,
  targetFile,
  TIMESTAMP_FILE,
} from "./repository/layout.ts";
export {
  DAILY_ROLES,
  type DelegatedRole,
  imageRole,
  type ImageRole,
  isDelegatedRole,
  isImageName,
  isRole,
  isTopRole,
  lifetimeSeconds,
  type ListingRole,
  MOST_METADATA_BYTES,
  mostBytes,
  ONLINE,
  pathsOf,
  type Role,
  roleOfPath,
  TOP_ROLES,
  type TopRole,
} from "./repository/roles.ts";

export {
  type CheckKind,
  type CheckKinds,
  type CheckLevel,
  type ClockCheck,
  type CommandCheck,
  DEFAULT_DEADLINE_SECONDS,
  COMPARING_CHECKS,
  type ComparingCheck,
  type ComparingLevels,
  DEFAULT_INTERVAL_SECONDS,
  DEFAULT_SETTLE_SECONDS,
  DEFAULT_TIMEOUT_SECONDS,
  type FileCheck,
  type HealthCheck,
  type HealthChecks,
  type HttpCheck,
  type Look,
  type NetworkCheck,
  type Patience,
  type SpaceCheck,
  type TcpCheck,
  type UnitsCheck,
} from "./health/check.ts";
export {
  decodeHealthChecks,
  encodeHealthChecks,
  HEALTH_SCHEMA,
  MAX_HEALTH_BYTES,
} from "./health/decode-checks.ts";
export {
  decodeVerdict,
  encodeVerdict,
  MAX_RESULTS,
  MAX_VERDICT_BYTES,
  parseVerdictFile,
} from "./health/decode-verdict.ts";
export { boundLine, lastLines } from "./health/lines.ts";
export { CHECK_KINDS } from "./health/read-look.ts";
export {
  type CheckResult,
  type FailedUnit,
  JUDGED,
  type Lines,
  MAX_LINE_LENGTH,
  MAX_LINES,
  MAY_BE_BLESSED,
  type Verdict,
} from "./health/verdict.ts";

export { HOOK_DIRECTORIES } from "./hook-directories.ts";

export { dashed, type Fields, fieldsOf, hexOf } from "./formats/fields.ts";
export { FormatError, type FormatErrorCode } from "./formats/format-error.ts";
export { type PeFile, type PeSection, readPe } from "./formats/pe.ts";
export { MAX_READ_BYTES, readRange } from "./formats/read-range.ts";
export { parseOsRelease, readUki, splitArguments, type Uki } from "./formats/uki.ts";
export { readVerity, type VerityTree } from "./formats/verity.ts";
