/** Digests that a config demands. Pure. */
import type { Verification } from "@slipway/ignition-config";

export interface ExpectedDigest {
  readonly algorithm: "sha256" | "sha512";
  /** Lower-case. */
  readonly hex: string;
}

/** Reads `sha512-HEX` or `sha256-HEX`; undefined when it is neither. */
export const parseVerification = ({ hash }: Verification): ExpectedDigest | undefined => {
  const [, name, digits] = /^(sha256|sha512)-([0-9A-Fa-f]*)$/.exec(hash) ?? [];
  if (digits === undefined) return undefined;
  const hex = digits.toLowerCase();
  if (name === "sha256" && hex.length === 64) return { algorithm: "sha256", hex };
  if (name === "sha512" && hex.length === 128) return { algorithm: "sha512", hex };
  return undefined;
};
