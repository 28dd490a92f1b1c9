/** How a release reaches a slot: fetched, verified, staged. */
export { ReceiverError, type ReceiverErrorCode, type ReceiverErrorDetails } from "./errors.ts";
export type { FetchRequest, RepositorySource } from "./fetch/source.ts";
