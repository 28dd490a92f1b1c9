/** New keys: made here, or of programs that keep them. Each is on disk before anything names it. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { durableFiles, type DurableFiles } from "../durable/files.ts";
import {
  badKeys,
  encodeKeyIndex,
  type KeyEntry,
  keyEntry,
  type KeyIndex,
  type PrivatePart,
} from "./key-index.ts";
import { ANCHOR_FILE, INDEX_FILE } from "./keyring.ts";
import { type KeyAlgorithm, tufKeyOf } from "./public-key.ts";
import type { Role } from "@slipway/release";
import { readPassphrase } from "./secret-file.ts";

/** A key whose private part a program keeps: an HSM, a KMS. */
export interface ExternalKey {
  readonly role: Role;
  /** PEM. */
  readonly publicKey: string;
  /** The program and its arguments: it gets the bytes to sign on standard input, and prints the signature in base64. */
  readonly argv: readonly [string, ...string[]];
}

const SECRET = 0o600;
const READABLE = 0o644;

const generate = (algorithm: KeyAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } =>
  algorithm === "ed25519"
    ? generateKeyPairSync("ed25519")
    : generateKeyPairSync("ec", { namedCurve: "prime256v1" });

const entryOf = (role: Role, publicKey: KeyObject, part: PrivatePart): KeyEntry => {
  const entry = keyEntry(role, publicKey, part);
  if (entry !== undefined) return entry;
  throw badKeys(
    `the key for ${role} is neither ed25519 nor ECDSA over P-256`,
    "register a key of one of these two kinds",
  );
};

const pem = (key: KeyObject): string => key.export({ type: "spki", format: "pem" });

/** PKCS#8 in PEM, encrypted where there is a passphrase. */
const privateText = (key: KeyObject, passphrase: string | undefined): string =>
  key.export({
    type: "pkcs8",
    format: "pem",
    ...(passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase }),
  });

/** Where a key is made. */
export interface KeyPlace {
  readonly directory: string;
  /** Names the file with the passphrase, if keys are to be encrypted. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files?: DurableFiles;
}

/** Makes a key in a directory: `ROLE-ID.pem`, for its owner alone, and `ROLE-ID.pub.pem`. */
export const makeKey = async (
  { directory, environment, files = durableFiles }: KeyPlace,
  role: Role,
  algorithm: KeyAlgorithm,
): Promise<KeyEntry> => {
  const passphrase = await readPassphrase(environment);
  const { publicKey, privateKey } = generate(algorithm);
  const name = `${role}-${(tufKeyOf(publicKey)?.keyID ?? "").slice(0, 8)}`;
  const entry = entryOf(role, publicKey, { kind: "file", name: `${name}.pem` });
  const text = privateText(privateKey, passphrase);
  await files.write(path.join(directory, `${name}.pem`), text, SECRET);
  await files.write(path.join(directory, `${name}.pub.pem`), pem(publicKey), READABLE);
  return entry;
};

/** Removes the files of a key that was made a moment ago and that nothing was signed with. */
export const removeKey = async (directory: string, { privatePart }: KeyEntry): Promise<void> => {
  if (privatePart.kind !== "file") return;
  const name = privatePart.name.replace(/\.pem$/, "");
  await rm(path.join(directory, `${name}.pem`), { force: true });
  await rm(path.join(directory, `${name}.pub.pem`), { force: true });
};

/** @throws ComposerError `KEYS_INVALID` when it is no public key that Slipway can use. */
export const registerKey = ({ role, publicKey, argv }: ExternalKey): KeyEntry => {
  let key: KeyObject;
  try {
    key = createPublicKey(publicKey);
  } catch (cause) {
    throw badKeys(
      `what was given for ${role} is no public key in PEM`,
      "ask the device or the service for the public part of the key",
      cause,
    );
  }
  return entryOf(role, key, { kind: "command", argv });
};

export const saveIndex = (
  directory: string,
  index: KeyIndex,
  files: DurableFiles = durableFiles,
): Promise<void> => files.write(path.join(directory, INDEX_FILE), encodeKeyIndex(index), READABLE);

export const saveAnchor = (
  directory: string,
  root: Uint8Array,
  files: DurableFiles = durableFiles,
): Promise<void> => files.write(path.join(directory, ANCHOR_FILE), root, READABLE);
