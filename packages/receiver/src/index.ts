/** How a release reaches a slot: fetched, verified, staged. */
export { ReceiverError, type ReceiverErrorCode, type ReceiverErrorDetails } from "./errors.ts";
export type { FetchRequest, RepositorySource } from "./fetch/source.ts";

export { openTrust, type Trust, type TrustOptions } from "./trust/open-trust.ts";
export type { TrustedView } from "./trust/trusted-view.ts";
