/** Signing one role's metadata with the keys at hand. */
import { canonicalize } from "@tufjs/canonical-json";
import { Metadata } from "@tufjs/models";
import { ComposerError } from "../errors.ts";
import type { RoleKeys } from "./check-metadata.ts";
import { tufSignature } from "./draft.ts";
import type { Keyring } from "./keyring.ts";
import { type Document, encodeMetadata, type Signed } from "./metadata-text.ts";
import { mostBytes, type Role } from "@slipway/release";

/** Whose signatures a role's metadata needs, and whose are good to have. */
export interface Signers {
  /** The threshold of each must be reached: for a new root the old one's and its own. */
  readonly needed: readonly RoleKeys[];
  /** Keys that clients still know who have not seen the new root. Whether they sign is no matter of success. */
  readonly welcome: readonly string[];
}

const keyMissing = (role: Role, { keyIDs, threshold }: RoleKeys, signed: number, keys: Keyring) =>
  new ComposerError(
    "KEY_MISSING",
    `${role} needs ${threshold} of the keys ${keyIDs.map((id) => id.slice(0, 8)).join(", ")}, and ${keys.directory} can sign with ${signed}`,
    {
      hint: `run this where the private keys of ${role} are, or register the program that signs for them`,
    },
  );

const countedOut = (role: Role): ComposerError =>
  new ComposerError("REPOSITORY_INVALID", `no version is left for ${role}`, {
    hint: "nobody comes there by counting: take the keys of snapshot and timestamp for stolen (slipway keys revoke)",
  });

/**
 * The signed document.
 * @throws ComposerError `KEY_MISSING`, `METADATA_TOO_LARGE`, and what signing throws.
 */
export const signMetadata = async <T extends Signed>(
  role: Role,
  signed: T,
  { needed, welcome }: Signers,
  keys: Keyring,
): Promise<Document<T>> => {
  if (!Number.isSafeInteger(signed.version)) throw countedOut(role);
  const toSign = Buffer.from(canonicalize(signed.toJSON()), "utf8");
  const metadata = new Metadata(signed);
  const must = new Set(needed.flatMap(({ keyIDs }) => keyIDs));
  for (const id of must) {
    const signature = await keys.sign(id, toSign);
    if (signature !== undefined) metadata.signatures[id] = tufSignature(id, signature);
  }
  for (const who of needed) {
    const count = who.keyIDs.filter((id) => Object.hasOwn(metadata.signatures, id)).length;
    if (count < who.threshold) throw keyMissing(role, who, count, keys);
  }
  for (const id of welcome) {
    if (must.has(id)) continue;
    // A key that is lost, or whose program is gone, may be why it is being replaced.
    const signature = await keys.sign(id, toSign).catch(() => undefined);
    if (signature !== undefined) metadata.signatures[id] = tufSignature(id, signature);
  }
  const bytes = encodeMetadata(metadata);
  if (bytes.length > mostBytes(role))
    throw new ComposerError(
      "METADATA_TOO_LARGE",
      `the metadata of ${role} would have ${bytes.length} bytes, and clients read ${mostBytes(role)}`,
      { hint: "remove releases that nobody needs: slipway repo gc" },
    );
  return { role, metadata, bytes };
};
