/** What a release is, to those who publish it and to those who receive it. Pure: values in, values out. */
export { compareVersions } from "./version.ts";
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
