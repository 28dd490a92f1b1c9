/** From the errors of tuf-js to Slipway's refusals: every class of theirs, to one code of ours. */
import {
  CryptoError,
  LengthOrHashMismatchError,
  RepositoryError as ModelRepositoryError,
  UnsignedMetadataError,
  ValueError as ModelValueError,
} from "@tufjs/models/dist/error.js";
import {
  BadVersionError,
  EqualVersionError,
  ExpiredMetadataError,
  RepositoryError,
} from "tuf-js/dist/error.js";
import { ReceiverError, type ReceiverErrorCode } from "../errors.ts";
import type { Document } from "./document.ts";
import { type Place, refusal } from "./refusal.ts";
import { type Delegator, knownKeys, parseMetadata, roleKeys, validSigners } from "./trusted-set.ts";

/** The file that was refused, and by whose keys it was judged. */
export interface Judged {
  readonly place: Place;
  readonly role: string;
  readonly document: Document;
  readonly delegators: readonly Delegator[];
  /** What a version that does not fit means here: an older state, or a file that does not belong to the others. */
  readonly badVersion: "ROLLED_BACK" | "MIXED_UP";
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** The first class that fits counts: a class stands before those that it extends. The rest (wrong types, unknown algorithms) is BAD_METADATA. */
const CODES: readonly (readonly [ErrorClass, ReceiverErrorCode])[] = [
  [EqualVersionError, "FORKED"],
  [ExpiredMetadataError, "EXPIRED"],
  [LengthOrHashMismatchError, "MIXED_UP"],
  [RepositoryError, "MIXED_UP"],
  [ModelRepositoryError, "BAD_METADATA"],
  [ModelValueError, "BAD_METADATA"],
  [CryptoError, "BAD_METADATA"],
];

/** Says which of the ways of not being signed this is: the way out is another for each. */
const unsigned = ({ place, role, document, delegators }: Judged, cause: unknown): ReceiverError => {
  for (const delegator of delegators) {
    const keys = roleKeys(delegator, role);
    const valid = validSigners(delegator, role, parseMetadata(document)).length;
    if (keys === undefined || valid >= keys.threshold) continue;
    const by = `by ${valid} of the ${keys.threshold} keys that ${delegator.signed.type} ${delegator.signed.version} asks for`;
    if (document.keyIds.length === 0)
      return refusal("UNSIGNED", place, "carries no signature", { cause });
    if (valid > 0) return refusal("HALF_SIGNED", place, `is signed ${by}`, { cause });
    if (document.keyIds.some((id) => keys.keyIDs.includes(id)))
      return refusal("BAD_SIGNATURE", place, `carries a signature that does not fit its contents`, {
        cause,
      });
    const known = knownKeys(delegator);
    const stranger = document.keyIds.some((id) => known.has(id))
      ? "keys of another role"
      : "keys that nobody named";
    return refusal("WRONG_KEY", place, `is signed with ${stranger}, and ${by}`, { cause });
  }
  return refusal("UNSIGNED", place, "is not signed as it must be", { cause });
};

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The refusal for what tuf-js threw when it was given a file. */
export const refusalOf = (error: unknown, judged: Judged): ReceiverError => {
  if (error instanceof ReceiverError) return error;
  const { place, document } = judged;
  if (error instanceof UnsignedMetadataError) return unsigned(judged, error);
  if (error instanceof BadVersionError && !(error instanceof EqualVersionError))
    return refusal(judged.badVersion, place, `has version ${document.version}: ${textOf(error)}`, {
      cause: error,
    });
  if (error instanceof ExpiredMetadataError)
    return refusal("EXPIRED", place, `expired on ${document.expires.toISOString()}`, {
      cause: error,
    });
  const code = CODES.find(([errorClass]) => error instanceof errorClass)?.[1] ?? "BAD_METADATA";
  return refusal(code, place, `is refused: ${textOf(error)}`, { cause: error });
};
