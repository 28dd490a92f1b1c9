/** A directory of keys from nothing, or with what it lacks. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Clock, errnoOf } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import { draftRoot } from "./draft.ts";
import { makeDirectory } from "../durable/files.ts";
import {
  EMPTY_INDEX,
  type KeyEntry,
  type KeyIndex,
  keysOfRole,
  withKey,
  withThreshold,
} from "./key-index.ts";
import {
  ANCHOR_FILE,
  INDEX_FILE,
  type Keyring,
  keyringOf,
  readKeyIndex,
  type SigningHost,
} from "./keyring.ts";
import {
  type ExternalKey,
  type KeyPlace,
  makeKey,
  registerKey,
  saveAnchor,
  saveIndex,
} from "./make-keys.ts";
import type { KeyAlgorithm } from "./public-key.ts";
import { imageRole, ONLINE, type Role, TOP_ROLES, type TopRole } from "@slipway/release";
import { checkKeyDirectory } from "./secret-file.ts";
import { signMetadata } from "./sign-metadata.ts";

export interface NewKeys {
  readonly algorithm: KeyAlgorithm;
  /** Images that get a key of their own. */
  readonly images: readonly string[];
  /** How many root keys, and how many of them must sign. */
  readonly rootKeys: number;
  readonly rootThreshold: number;
  readonly external: readonly ExternalKey[];
}

export interface InitializedKeys {
  readonly keyring: Keyring;
  /** What was made or registered now. */
  readonly added: readonly KeyEntry[];
}

const exists = (file: string): Promise<boolean> =>
  readFile(file).then(
    () => true,
    (cause: unknown) => {
      if (errnoOf(cause) === "ENOENT") return false;
      throw cause;
    },
  );

/** The keys of one role: registered ones, and as many more as it takes. */
const keysFor = async (
  place: KeyPlace,
  role: Role,
  { external, algorithm, rootKeys }: NewKeys,
): Promise<readonly KeyEntry[]> => {
  const entries = external.filter((key) => key.role === role).map(registerKey);
  const wanted = role === "root" ? rootKeys : 1;
  while (entries.length < wanted) entries.push(await makeKey(place, role, algorithm));
  return entries;
};

const signFirstRoot = async (
  directory: string,
  index: KeyIndex,
  host: SigningHost,
  now: Date,
): Promise<Uint8Array> => {
  const definition = (role: TopRole) => ({
    keys: keysOfRole(index, role).map(({ key }) => key),
    threshold: index.thresholds.get(role) ?? 1,
  });
  const root = draftRoot(
    {
      root: definition("root"),
      targets: definition("targets"),
      snapshot: definition("snapshot"),
      timestamp: definition("timestamp"),
    },
    1,
    now,
  );
  const own = root.roles["root"];
  if (own === undefined) throw new TypeError("a root without a role of its own");
  const keys = keyringOf(directory, index, new Uint8Array(), host);
  return (await signMetadata("root", root, { needed: [own], welcome: [] }, keys)).bytes;
};

const checkWishes = (
  index: KeyIndex,
  wanted: readonly Role[],
  { external, rootKeys, rootThreshold }: NewKeys,
) => {
  if (rootThreshold > rootKeys) throw new TypeError("a threshold above the number of keys");
  const taken = external.find(
    ({ role }) => !wanted.includes(role) || keysOfRole(index, role).length > 0,
  );
  if (taken !== undefined)
    throw new ComposerError(
      "KEYS_EXIST",
      wanted.includes(taken.role)
        ? `${taken.role} has a key already`
        : `${taken.role} is not among the roles that get keys`,
      {
        hint: wanted.includes(taken.role)
          ? `replace it: slipway keys rotate ${taken.role}`
          : "name the image too, with --image",
      },
    );
};

/**
 * Makes a key for every role that has none, and the first root when there is none. What is there already stays as it is, so that it can be run
 * again after it was stopped, and for another image.
 * @throws ComposerError `KEYS_INVALID`, `KEYS_EXIST`, `SIGNER_FAILED`
 */
export const initKeys = async (
  given: string,
  wishes: NewKeys,
  { clock, ...host }: SigningHost & { readonly clock: Pick<Clock, "now"> },
): Promise<InitializedKeys> => {
  const directory = path.resolve(given);
  await makeDirectory(directory, 0o700);
  await checkKeyDirectory(directory);
  const before = (await exists(path.join(directory, INDEX_FILE)))
    ? await readKeyIndex(directory)
    : EMPTY_INDEX;
  const wanted: readonly Role[] = [...TOP_ROLES, ONLINE, ...wishes.images.map(imageRole)];
  checkWishes(before, wanted, wishes);
  const added: KeyEntry[] = [];
  let index = before;
  for (const role of wanted) {
    if (keysOfRole(index, role).length > 0) continue;
    const entries = await keysFor({ directory, environment: host.environment }, role, wishes);
    added.push(...entries);
    const threshold = role === "root" ? wishes.rootThreshold : 1;
    index = entries.reduce(withKey, withThreshold(index, role, threshold));
  }
  if (added.length > 0) await saveIndex(directory, index);
  const anchorFile = path.join(directory, ANCHOR_FILE);
  if (!(await exists(anchorFile)))
    await saveAnchor(directory, await signFirstRoot(directory, index, host, clock.now()));
  return { keyring: keyringOf(directory, index, await readFile(anchorFile), host), added };
};
