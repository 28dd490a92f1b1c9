/** A directory of keys, opened for signing. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Exec } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import {
  badKeys,
  decodeKeyIndex,
  type KeyEntry,
  type KeyIndex,
  type PrivatePart,
} from "./key-index.ts";
import { algorithmOf, isSignedBy, tufKeyOf } from "./public-key.ts";
import {
  checkKeyDirectory,
  PASSPHRASE_VARIABLE,
  readPassphrase,
  readSecret,
} from "./secret-file.ts";

/** Programs that sign, and what they may need to know: where a token is, who we are to a cloud. */
export interface SigningHost {
  readonly exec: Exec;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when the person wants to stop, while a program waits for a button to be pressed. */
  readonly signal?: AbortSignal;
}

export interface Keyring {
  /** Absolute. */
  readonly directory: string;
  readonly index: KeyIndex;
  /** A root that is trusted: where every look at the repository begins. */
  readonly anchor: Uint8Array;
  /**
   * The signature of a key, checked against its public part; nothing where the directory knows no private part of it, or the part is
   * kept elsewhere.
   * @throws ComposerError `KEYS_INVALID`, `SIGNER_FAILED`
   */
  readonly sign: (keyId: string, bytes: Uint8Array) => Promise<Uint8Array | undefined>;
}

export const INDEX_FILE = "keys.json";
export const ANCHOR_FILE = "root.json";

/** People stand at some of these devices and press a button. */
const SIGNER_TIMEOUT_MS = 300_000;

const parsePrivateKey = (text: string, file: string, passphrase: string | undefined): KeyObject => {
  try {
    return createPrivateKey({
      key: text,
      format: "pem",
      ...(passphrase === undefined ? {} : { passphrase }),
    });
  } catch (cause) {
    throw badKeys(
      text.includes("ENCRYPTED")
        ? `${file} is encrypted, ${passphrase === undefined ? "and there is no passphrase" : "with another passphrase"}`
        : `${file} holds no private key in PEM`,
      text.includes("ENCRYPTED")
        ? `set ${PASSPHRASE_VARIABLE} to a file that holds its passphrase`
        : "put it back from a copy",
      cause,
    );
  }
};

/** The private part in a file; nothing where the file is kept elsewhere. */
const readPrivateKey = async (
  file: string,
  entry: KeyEntry,
  { environment }: Pick<SigningHost, "environment">,
): Promise<KeyObject | undefined> => {
  const text = await readSecret(file);
  if (text === undefined) return undefined;
  const key = parsePrivateKey(text, file, await readPassphrase(environment));
  if (tufKeyOf(createPublicKey(key))?.keyID !== entry.key.keyID)
    throw badKeys(
      `${file} holds another key than ${entry.key.keyID}`,
      "put the right file back from a copy",
    );
  return key;
};

const BASE64 = /^[A-Za-z0-9+/]{1,8192}={0,2}$/;

const definedOnly = (environment: SigningHost["environment"]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );

/** What a program answers when it is given the bytes to sign: the signature in base64, white space around it left aside. */
const askSigner = async (
  argv: Extract<PrivatePart, { kind: "command" }>["argv"],
  { key, role }: KeyEntry,
  bytes: Uint8Array,
  { exec, environment, signal }: SigningHost,
): Promise<Uint8Array> => {
  const command = {
    argv,
    purpose: `signing for ${role} with key ${key.keyID}`,
    // Canonical JSON is text.
    stdin: Buffer.from(bytes).toString("utf8"),
    env: definedOnly(environment),
    timeoutMs: SIGNER_TIMEOUT_MS,
  };
  const { stdout } = await exec.run(command, signal === undefined ? {} : { signal });
  const text = stdout.replaceAll(/\s/g, "");
  if (!BASE64.test(text))
    throw new ComposerError(
      "SIGNER_FAILED",
      `${argv[0]} answered no signature in base64 for ${role}`,
      {
        hint: "the program gets the bytes to sign on standard input, and prints the signature in base64",
      },
    );
  return Buffer.from(text, "base64");
};

const signWith = (key: KeyObject, bytes: Uint8Array): Uint8Array =>
  sign(algorithmOf(key) === "ed25519" ? null : "sha256", bytes, key);

const makeSign =
  (directory: string, index: KeyIndex, host: SigningHost): Keyring["sign"] =>
  async (keyId, bytes) => {
    const entry = index.keys.get(keyId);
    if (entry === undefined) return undefined;
    const { privatePart, publicKey } = entry;
    if (privatePart.kind === "file") {
      const key = await readPrivateKey(path.join(directory, privatePart.name), entry, host);
      return key === undefined ? undefined : signWith(key, bytes);
    }
    const signature = await askSigner(privatePart.argv, entry, bytes, host);
    if (!isSignedBy(publicKey, bytes, signature))
      throw new ComposerError(
        "SIGNER_FAILED",
        `${privatePart.argv[0]} answered a signature that is none of key ${keyId}`,
        {
          hint: "see that it signs with the key whose public part was registered, and signs the bytes themselves: ed25519, or ECDSA over their SHA-256 in DER",
        },
      );
    return signature;
  };

/** The keyring of an index that is in memory. */
export const keyringOf = (
  directory: string,
  index: KeyIndex,
  anchor: Uint8Array,
  host: SigningHost,
): Keyring => ({ directory, index, anchor, sign: makeSign(directory, index, host) });

const readPublicFile = async (directory: string, name: string, hint: string): Promise<Buffer> =>
  readFile(path.join(directory, name)).catch((cause: unknown) => {
    throw badKeys(`${path.join(directory, name)} cannot be read`, hint, cause);
  });

/** @throws ComposerError `KEYS_INVALID` */
export const readKeyIndex = async (directory: string): Promise<KeyIndex> =>
  decodeKeyIndex(
    (
      await readPublicFile(directory, INDEX_FILE, `make keys: slipway keys init ${directory}`)
    ).toString("utf8"),
  );

/**
 * Opens a directory of keys. Private parts are read when they sign.
 * @throws ComposerError `KEYS_INVALID`: not there, open to others, or not what `slipway keys` writes.
 */
export const openKeys = async (directory: string, host: SigningHost): Promise<Keyring> => {
  const absolute = path.resolve(directory);
  await checkKeyDirectory(absolute);
  const index = await readKeyIndex(absolute);
  const anchor = await readPublicFile(
    absolute,
    ANCHOR_FILE,
    "copy root.json from where the root keys are: it says whom to trust, and is no secret",
  );
  return keyringOf(absolute, index, anchor, host);
};
