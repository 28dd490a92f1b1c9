/** From an image definition to a release: build, lock, plan, inspect, boot. The order of steps is in `build/build.ts`. */
export { type BakeOptions, type BakeReport, bakeConfig } from "./bake/bake-config.ts";
export {
  type FileOwner,
  type Ownership,
  realOwnership,
  recordedOwnership,
} from "./bake/ownership.ts";
export { applyContract, type ContractOptions } from "./contract/apply-contract.ts";
export { prepareTree, type TreeOptions, type TreeReport } from "./contract/prepare-tree.ts";
export type { BuildOptions, BuiltRelease } from "./build/build.ts";
export type { StepReport } from "./build/context.ts";
export { ComposerError, type ComposerErrorCode, type ComposerErrorDetails } from "./errors.ts";
export { type Progress, silentProgress, type Task } from "./progress.ts";
export { buildReleases } from "./build/build.ts";
export { lockImage, type LockedImage } from "./build/lock-image.ts";
export {
  type LockedSource,
  remoteSources,
  type RemoteSource,
  withFetched,
} from "./lock/remote-sources.ts";
export { type FetchContext, type FetchOptions, fetchSources } from "./lock/sources.ts";
export { planBuild, type PlannedRelease, type PlannedStep } from "./build/plan.ts";
export type { SessionOptions } from "./build/session.ts";
export { hostAptNetworkSettings, hostMirrors } from "./tools/host-apt.ts";
export { TreeRefused } from "./errors.ts";
export { diffReleases } from "./diff/diff-releases.ts";
export type { ProfileChange, ReleaseDiff, ReleaseFacts, SlotFacts } from "./diff/release-diff.ts";
export type {
  AccountDiff,
  GroupChange,
  GroupFacts,
  UserChange,
  UserFacts,
} from "./diff/accounts.ts";
export type { FileAspect, FileChange, FileNode } from "./diff/file-change.ts";
export type { InitrdDiff } from "./diff/initrd.ts";
export type { ArgumentDiff } from "./diff/kernel-arguments.ts";
export type { PackageChange, PackageDiff, PackageFacts } from "./diff/packages.ts";
export type { PresetChange } from "./diff/presets.ts";
export type { StartedBy, UnitChange } from "./diff/units.ts";
export type { DiffWarning, DiffWarningCode } from "./diff/warnings.ts";
export {
  DELTA_FORMAT,
  type MakeReleaseDeltas,
  makeReleaseDeltas,
  type ReleaseDelta,
  type ReleaseDeltaProgress,
} from "./delta/make-release-deltas.ts";
export { type CarriedFile, type ReleaseImages, releaseImages } from "./delta/release-images.ts";
/** The units that are in every image, by name: those of templates have an `@`. */
export { nodeUnitNames } from "./node/unit-names.ts";
export { inspectRelease } from "./inspect/inspect-release.ts";
export { presentRelease } from "./inspect/present-release.ts";
export type { ReleaseDescription } from "./inspect/release-description.ts";
export {
  type MachineHost,
  type MachineOutcome,
  type MachineRequest,
  runMachine,
} from "./qemu/run-machine.ts";
export { bootMachine, type BootOptions } from "./qemu/boot-machine.ts";
export type { Committed } from "./trust/commit.ts";
export { ensureRepository } from "./trust/create-repository.ts";
export type { TargetChange, TargetChanges } from "./trust/draft.ts";
export { durableFiles, type DurableFiles } from "./durable/files.ts";
export { commitTargets, editRepository } from "./trust/edit-repository.ts";
export { initKeys, type InitializedKeys, type NewKeys } from "./trust/init-keys.ts";
export type { KeyEntry, KeyIndex, PrivatePart } from "./trust/key-index.ts";
export { type Keyring, openKeys, type SigningHost } from "./trust/keyring.ts";
export type { ExternalKey } from "./trust/make-keys.ts";
export { openMetadata, type RepositoryMetadata } from "./trust/open-metadata.ts";
export { KEY_ALGORITHMS, type KeyAlgorithm } from "./trust/public-key.ts";
export { withRepositoryLock } from "./trust/repository-lock.ts";
export { type Refreshed, refreshRepository } from "./trust/refresh.ts";
export {
  type KeyChange,
  type Replaced,
  type ReplaceHost,
  type ReplaceOptions,
  revokeKeys,
  rotateKeys,
} from "./trust/replace-keys.ts";
export { type Freshness, type RoleStatus, roleStatuses } from "./trust/role-status.ts";
export { type ListedKey, type ListedRole, listKeys } from "./trust/list-keys.ts";
export { DEFAULT_DELTAS } from "./repository/choose-predecessors.ts";
export { exportRelease, type ExportReport } from "./repository/export.ts";
export { collectGarbage, DEFAULT_GRACE_SECONDS, type GcReport } from "./repository/gc.ts";
export type { ExportChoice } from "./repository/plan-export.ts";
export type { Problem } from "./repository/problem.ts";
export { publish, type PublishOptions, type PublishReport } from "./repository/publish.ts";
export { requireKeys } from "./repository/require-keys.ts";
export { type Answered, serveRepository, type ServedRepository } from "./repository/serve.ts";
export type { EditTargets } from "./repository/target-changes.ts";
export { verifyRepository, type VerifyReport } from "./repository/verify.ts";
export { type DemoOptions, type DemoReport, runDemo } from "./demo/run-demo.ts";
export type { SceneReport } from "./demo/play-scene.ts";
export type { Telling } from "./demo/story.ts";
export { totalBytes, type Traffic, type TrafficKind } from "./demo/traffic.ts";
