import type { StableVersion } from "@slipway/ignition-config";

/** Versions of Ignition's spec; here and not from the language, so that reading arguments loads nothing. A test compares the two. */
export const SPEC_VERSIONS: readonly StableVersion[] = [
  ...(["3.0.0", "3.1.0", "3.2.0", "3.3.0", "3.4.0", "3.5.0", "3.6.0"] as const),
];
