/** What a thief does with keys that were copied: signs metadata by hand, past everything that Slipway checks. */
import { createHash, createPrivateKey, sign } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { encodeCanonical } from "@slipway/release";

type Json = Record<string, unknown>;

export interface StolenKey {
  readonly id: string;
  readonly pem: string;
}

/** The key of a role, as a copy of the directory has it. */
export const stealKey = (keyDirectory: string, role: string): StolenKey => {
  const index = JSON.parse(readFileSync(path.join(keyDirectory, "keys.json"), "utf8")) as {
    readonly roles: Record<string, { readonly keys: Record<string, unknown> }>;
  };
  const [id = ""] = Object.keys(index.roles[role]?.keys ?? {});
  const name = `${role}-${id.slice(0, 8)}.pem`;
  return { id, pem: readFileSync(path.join(keyDirectory, name), "utf8") };
};

/** The bytes of a metadata file with the signatures of these ed25519 keys. */
export const forge = (signed: Json, keys: readonly StolenKey[]): Buffer => {
  const bytes = Buffer.from(encodeCanonical(signed));
  const signatures = keys.map(({ id, pem }) => ({
    keyid: id,
    sig: sign(null, bytes, createPrivateKey(pem)).toString("hex"),
  }));
  return Buffer.from(encodeCanonical({ signatures, signed }));
};

const metadataFile = (repository: string, name: string): string =>
  path.join(repository, "metadata", name);

/** What a metadata file says. */
export const readSigned = (repository: string, name: string): Json =>
  (JSON.parse(readFileSync(metadataFile(repository, name), "utf8")) as { signed: Json }).signed;

/** What the newest metadata file of a role says. */
export const newestSigned = (repository: string, role: string): Json => {
  if (role === "timestamp") return readSigned(repository, "timestamp.json");
  const versions = readdirSync(path.join(repository, "metadata")).flatMap((name) =>
    name.endsWith(`.${role}.json`) ? [Number(name.split(".")[0])] : [],
  );
  return readSigned(repository, `${Math.max(...versions)}.${role}.json`);
};

export const placeMetadata = (repository: string, name: string, bytes: Buffer): void =>
  writeFileSync(metadataFile(repository, name), bytes);

export const factsOf = (version: number, bytes: Buffer): Json => ({
  version,
  length: bytes.length,
  hashes: { sha256: createHash("sha256").update(bytes).digest("hex") },
});

/** Leads clients to versions of the snapshot and the timestamp that nobody will reach by counting. */
export const fastForward = (
  repository: string,
  version: number,
  { snapshot, timestamp }: { readonly snapshot: StolenKey; readonly timestamp: StolenKey },
  meta: Json = {},
): void => {
  const before = newestSigned(repository, "snapshot");
  const forged = forge({ ...before, version, meta: { ...(before["meta"] as Json), ...meta } }, [
    snapshot,
  ]);
  placeMetadata(repository, `${version}.snapshot.json`, forged);
  const stamp = {
    ...newestSigned(repository, "timestamp"),
    version,
    meta: { "snapshot.json": factsOf(version, forged) },
  };
  placeMetadata(repository, "timestamp.json", forge(stamp, [timestamp]));
};
