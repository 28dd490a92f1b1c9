/** How a release reaches a slot: fetched, verified, staged. */
export { ReceiverError, type ReceiverErrorCode, type ReceiverErrorDetails } from "./errors.ts";
export { archiveSource } from "./fetch/archive-source.ts";
export type { FetchRequest, RepositorySource } from "./fetch/source.ts";
