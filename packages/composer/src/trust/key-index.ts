/** `keys.json`: which keys a directory knows, what for, and where their private parts are. Pure; nothing in it is secret. */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { Key } from "@tufjs/models";
import { ComposerError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "./metadata-text.ts";
import { algorithmOf, type KeyAlgorithm, tufKeyOf } from "./public-key.ts";
import { isRole, type Role } from "@slipway/release";

export const KEY_INDEX_SCHEMA = 1;

/** Where signatures come from: a file beside the index, or a program that is given the bytes. */
export type PrivatePart =
  | { readonly kind: "file"; readonly name: string }
  | { readonly kind: "command"; readonly argv: readonly [string, ...string[]] };

export interface KeyEntry {
  readonly role: Role;
  readonly algorithm: KeyAlgorithm;
  /** What metadata says of it, its id included. */
  readonly key: Key;
  readonly publicKey: KeyObject;
  readonly privatePart: PrivatePart;
}

export interface KeyIndex {
  /** Signatures that a role needs, for roles that no metadata names yet. */
  readonly thresholds: ReadonlyMap<Role, number>;
  /** By key id. */
  readonly keys: ReadonlyMap<string, KeyEntry>;
}

export const EMPTY_INDEX: KeyIndex = { thresholds: new Map(), keys: new Map() };

/** Longer than the paths that people write. */
const MAX_WORDS = 32;
const FILE_NAME = /^[a-z0-9][a-z0-9.-]{0,127}\.pem$/;

export const badKeys = (message: string, hint: string, cause?: unknown): ComposerError =>
  new ComposerError("KEYS_INVALID", message, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });

/** The entry of a key, if it is of a kind that Slipway signs with. */
export const keyEntry = (
  role: Role,
  publicKey: KeyObject,
  privatePart: PrivatePart,
): KeyEntry | undefined => {
  const key = tufKeyOf(publicKey);
  const algorithm = algorithmOf(publicKey);
  return key === undefined || algorithm === undefined
    ? undefined
    : { role, algorithm, key, publicKey, privatePart };
};

export const keysOfRole = (index: KeyIndex, role: Role): readonly KeyEntry[] =>
  [...index.keys.values()].filter((entry) => entry.role === role);

export const withKey = (index: KeyIndex, entry: KeyEntry): KeyIndex => ({
  ...index,
  keys: new Map([...index.keys, [entry.key.keyID, entry]]),
});

export const withThreshold = (index: KeyIndex, role: Role, threshold: number): KeyIndex => ({
  ...index,
  thresholds: new Map([...index.thresholds, [role, threshold]]),
});

export const withoutKeys = (index: KeyIndex, ids: ReadonlySet<string>): KeyIndex => ({
  ...index,
  keys: new Map([...index.keys].filter(([id]) => !ids.has(id))),
});

const wrong = (message: string): ComposerError =>
  badKeys(
    `keys.json: ${message}`,
    "put it back from a copy, or correct it by hand: it holds no secrets",
  );

const readPrivatePart = (value: unknown, id: string): PrivatePart => {
  if (isJsonObject(value)) {
    const { file, command } = value;
    if (typeof file === "string" && FILE_NAME.test(file)) return { kind: "file", name: file };
    if (Array.isArray(command) && command.length <= MAX_WORDS) {
      const words = command.filter((word) => typeof word === "string");
      const [program, ...rest] = words;
      if (program !== undefined && words.length === command.length)
        return { kind: "command", argv: [program, ...rest] };
    }
  }
  throw wrong(`key ${id} has neither a "file" nor a "command" under "private"`);
};

const readKey = (role: Role, id: string, value: unknown): KeyEntry => {
  if (!isJsonObject(value) || typeof value["public"] !== "string")
    throw wrong(`key ${id} has no "public" part`);
  const privatePart = readPrivatePart(value["private"], id);
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey(value["public"]);
  } catch (cause) {
    throw badKeys(
      `keys.json: the public part of key ${id} is no public key in PEM`,
      "put keys.json back from a copy",
      cause,
    );
  }
  const entry = keyEntry(role, publicKey, privatePart);
  if (entry === undefined) throw wrong(`key ${id} is neither ed25519 nor ecdsa-p256`);
  if (entry.key.keyID !== id) throw wrong(`key ${id} has the public part of ${entry.key.keyID}`);
  return entry;
};

const readRole = (index: KeyIndex, name: string, value: unknown): KeyIndex => {
  if (!isRole(name)) throw wrong(`there is no role ${JSON.stringify(name)}`);
  if (!isJsonObject(value) || !isJsonObject(value["keys"]))
    throw wrong(`role ${name} has no list of keys`);
  const { threshold } = value;
  if (typeof threshold !== "number" || !Number.isSafeInteger(threshold) || threshold < 1)
    throw wrong(`role ${name} has no threshold of 1 or more`);
  return Object.entries(value["keys"]).reduce(
    (read, [id, key]) => {
      if (read.keys.has(id)) throw wrong(`key ${id} stands under two roles`);
      return withKey(read, readKey(name, id, key));
    },
    withThreshold(index, name, threshold),
  );
};

/** @throws ComposerError `KEYS_INVALID` */
export const decodeKeyIndex = (text: string): KeyIndex => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badKeys("keys.json is not JSON", "put it back from a copy", cause);
  }
  if (!isJsonObject(value) || !isJsonObject(value["roles"])) throw wrong(`it has no "roles"`);
  if (value["schema"] !== KEY_INDEX_SCHEMA)
    throw badKeys(
      `keys.json has schema ${JSON.stringify(value["schema"])}, and this Slipway knows ${KEY_INDEX_SCHEMA}`,
      "use the Slipway that made it, or a newer one",
    );
  return Object.entries(value["roles"]).reduce(
    (index, [name, role]) => readRole(index, name, role),
    EMPTY_INDEX,
  );
};

const privateJson = (part: PrivatePart): JsonObject =>
  part.kind === "file" ? { file: part.name } : { command: [...part.argv] };

const roleJson = (index: KeyIndex, role: Role): JsonObject => ({
  threshold: index.thresholds.get(role) ?? 1,
  keys: Object.fromEntries(
    keysOfRole(index, role).map(({ key, algorithm, publicKey, privatePart }) => [
      key.keyID,
      {
        algorithm,
        public: publicKey.export({ type: "spki", format: "pem" }),
        private: privateJson(privatePart),
      },
    ]),
  ),
});

/** For people too: they may want to see which program signs. */
export const encodeKeyIndex = (index: KeyIndex): string => {
  const roles = new Set([
    ...index.thresholds.keys(),
    ...[...index.keys.values()].map(({ role }) => role),
  ]);
  const document = {
    schema: KEY_INDEX_SCHEMA,
    roles: Object.fromEntries([...roles].map((role) => [role, roleJson(index, role)])),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
};
