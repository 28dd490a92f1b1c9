export const PACKAGE = "@slipway/composer";
export { type BakeOptions, type BakeReport, bakeConfig } from "./bake/bake-config.ts";
export { type FileOwner, type Ownership, realOwnership, recordedOwnership } from "./bake/ownership.ts";
export type { BuildOptions, BuiltRelease } from "./build/build.ts";
export type { StepReport } from "./build/context.ts";
export { ComposerError, type ComposerErrorCode, type ComposerErrorDetails } from "./errors.ts";
export { type Progress, silentProgress, type Task } from "./progress.ts";
