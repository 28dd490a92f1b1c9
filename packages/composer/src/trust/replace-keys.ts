/** Other keys for a role: in turn, or because somebody else may have one of them. */
import path from "node:path";
import type { Clock } from "@slipway/host";
import type { Key } from "@tufjs/models";
import { ComposerError } from "../errors.ts";
import { type Base, baseOf, commitDraft, type Committed } from "./commit.ts";
import { definitionOf, draftReplacement, type RoleChange } from "./draft-replacement.ts";
import { durableFiles, type DurableFiles } from "../durable/files.ts";
import { type KeyEntry, type KeyIndex, withKey, withoutKeys } from "./key-index.ts";
import { type Keyring, keyringOf, type SigningHost } from "./keyring.ts";
import {
  type ExternalKey,
  type KeyPlace,
  makeKey,
  registerKey,
  removeKey,
  saveAnchor,
  saveIndex,
} from "./make-keys.ts";
import { openMetadata, type RepositoryMetadata } from "./open-metadata.ts";
import { algorithmOf, type KeyAlgorithm, publicKeyOf } from "./public-key.ts";
import { recoverBase } from "./recover.ts";
import { withRepositoryLock } from "./repository-lock.ts";
import type { Role } from "@slipway/release";

export interface Replacement {
  readonly role: Role;
  /** Ids of the keys that go. */
  readonly out: readonly string[];
  /** How many keys the role has afterwards; by default as many as before. */
  readonly count?: number;
  /** Signatures that it needs afterwards; by default as many as before. */
  readonly threshold?: number;
}

export interface ReplaceOptions {
  /** Of the keys that are made; by default each new key is of the kind of the one that goes. */
  readonly algorithm?: KeyAlgorithm;
  /** Keys that programs keep, to come in instead of made ones. */
  readonly external: readonly ExternalKey[];
}

export interface Replaced {
  /** Open for signing with the new keys. */
  readonly keyring: Keyring;
  readonly metadata: RepositoryMetadata;
  readonly changed: readonly Role[];
  readonly out: readonly KeyChange[];
  readonly in: readonly KeyChange[];
}

export interface KeyChange {
  readonly role: Role;
  readonly id: string;
  /** The file beside the index, or the program; nothing for a key that the directory does not know. */
  readonly privatePart?: KeyEntry["privatePart"];
}

/** What the keys that go were, or what the first of them was for those that come in besides. */
const algorithmFor = (going: readonly Key[], index: number): KeyAlgorithm => {
  const key = going[index] ?? going[0];
  return (key === undefined ? undefined : algorithmOf(publicKeyOf(key))) ?? "ed25519";
};

/** The role's keys that go, and the registered ones that come. */
const comingAndGoing = (
  base: Base,
  { role, out }: Replacement,
  { external }: ReplaceOptions,
): { readonly going: readonly Key[]; readonly coming: readonly ExternalKey[] } => ({
  going: definitionOf(base, role).keys.filter(({ keyID }) => out.includes(keyID)),
  coming: external.filter((key) => key.role === role),
});

/** A key that a program keeps is not replaced by a file unless somebody says so. */
const checkPrograms = (
  base: Base,
  index: KeyIndex,
  replacement: Replacement,
  options: ReplaceOptions,
): void => {
  if (options.algorithm !== undefined) return;
  const { role } = replacement;
  const { going, coming } = comingAndGoing(base, replacement, options);
  const kept = going
    .slice(coming.length)
    .find(({ keyID }) => index.keys.get(keyID)?.privatePart.kind === "command");
  if (kept === undefined) return;
  throw new ComposerError(
    "KEY_MISSING",
    `key ${kept.keyID} of ${role} is kept by a program, and nothing was said of what comes after it`,
    {
      hint: `name the next one with --external ${role}=PUBLIC,PROGRAM, or have one made in a file with --algorithm`,
    },
  );
};

/** Keys that come in for those that go. */
const newKeys = async (
  place: KeyPlace,
  base: Base,
  replacement: Replacement,
  options: ReplaceOptions,
): Promise<readonly KeyEntry[]> => {
  const { role, count } = replacement;
  const { going, coming } = comingAndGoing(base, replacement, options);
  const stay = definitionOf(base, role).keys.length - going.length;
  const wanted = count === undefined ? going.length : count - stay;
  const entries = coming.map(registerKey);
  while (entries.length < wanted)
    entries.push(
      await makeKey(place, role, options.algorithm ?? algorithmFor(going, entries.length)),
    );
  return entries;
};

const changeOf = (index: KeyIndex, role: Role, id: string): KeyChange => {
  const privatePart = index.keys.get(id)?.privatePart;
  return { role, id, ...(privatePart === undefined ? {} : { privatePart }) };
};

/** What replacing keys works with. */
export interface ReplaceHost extends SigningHost {
  readonly clock: Pick<Clock, "now">;
  readonly files?: DurableFiles;
}

/** Files that tell whether any was written: a commit signs everything first. */
const watched = (files: DurableFiles): DurableFiles & { readonly isUntouched: () => boolean } => {
  let isUntouched = true;
  return {
    isUntouched: () => isUntouched,
    write: async (file, bytes, mode) => {
      isUntouched = false;
      await files.write(file, bytes, mode);
    },
  };
};

/** Takes back keys that nothing names. */
const forget = async (
  keys: Keyring,
  entries: readonly KeyEntry[],
  files: DurableFiles,
): Promise<void> => {
  await saveIndex(keys.directory, keys.index, files);
  for (const entry of entries) await removeKey(keys.directory, entry);
};

const checkExternal = (
  replacements: readonly Replacement[],
  { external }: ReplaceOptions,
): void => {
  const stray = external.find((key) => replacements.every(({ role }) => role !== key.role));
  if (stray === undefined) return;
  throw new ComposerError("UNKNOWN_KEY", `${stray.role} gets no new key here`, {
    hint: "name a role whose key is being replaced",
  });
};

const replaceOn = async (
  repository: string,
  base: Base,
  keys: Keyring,
  replacements: readonly Replacement[],
  options: ReplaceOptions,
  { clock, files = durableFiles, ...host }: ReplaceHost,
): Promise<Replaced> => {
  checkExternal(replacements, options);
  for (const replacement of replacements) checkPrograms(base, keys.index, replacement, options);
  const place = { directory: keys.directory, environment: host.environment, files };
  const changes: RoleChange[] = [];
  for (const replacement of replacements)
    changes.push({
      ...replacement,
      entries: await newKeys(place, base, replacement, options),
    });
  const entries = changes.flatMap((change) => change.entries);
  // The new keys are in the index before anything is signed with them: a key that nobody can find again must never be trusted by nodes.
  const both = entries.reduce(withKey, keys.index);
  await saveIndex(keys.directory, both, files);
  const now = clock.now();
  const keyring = keyringOf(keys.directory, both, keys.anchor, host);
  const target = watched(files);
  const commit = async (): Promise<Committed> =>
    commitDraft(repository, base, draftReplacement(base, changes, now), {
      keys: keyring,
      now,
      files: target,
    });
  const { metadata, changed } = await commit().catch(async (error: unknown) => {
    if (target.isUntouched()) await forget(keys, entries, files);
    throw error;
  });
  const anchor = metadata.root.bytes;
  await saveAnchor(keys.directory, anchor, files);
  const out = changes.flatMap(({ role, out: ids }) => ids.map((id) => changeOf(both, role, id)));
  const index = withoutKeys(both, new Set(out.map(({ id }) => id)));
  await saveIndex(keys.directory, index, files);
  return {
    keyring: keyringOf(keys.directory, index, anchor, host),
    metadata,
    changed,
    out,
    in: entries.map((entry) => changeOf(both, entry.role, entry.key.keyID)),
  };
};

/** A role, the one key that goes if it is not all of them, and how many there are and must sign afterwards. */
export interface Rotation extends Omit<Replacement, "out"> {
  readonly only?: string;
}

/**
 * Gives a role new keys for all that it has, or for `only`. Its metadata, and that which names its keys, is signed anew: a new root by the keys
 * of the old one and its own.
 * @throws ComposerError `UNKNOWN_KEY` when `only` is none of the role's, and as `editRepository` does.
 */
export const rotateKeys = async (
  given: string,
  keys: Keyring,
  { role, only, ...after }: Rotation,
  options: ReplaceOptions,
  host: ReplaceHost,
): Promise<Replaced> => {
  const repository = path.resolve(given);
  return withRepositoryLock(repository, async () => {
    const base = baseOf(await openMetadata(repository, keys));
    const ids = definitionOf(base, role).keys.map(({ keyID }) => keyID);
    const out = only === undefined ? ids : ids.filter((id) => id.startsWith(only));
    if (only !== undefined && (!KEY_ID.test(only) || out.length !== 1))
      throw unknownKey(`${only} is the id of ${out.length} keys of ${role}`);
    return replaceOn(repository, base, keys, [{ role, out, ...after }], options, host);
  });
};

const unknownKey = (message: string): ComposerError =>
  new ComposerError("UNKNOWN_KEY", message, {
    hint: "give an id of `slipway keys list`, or its first 8 digits or more",
  });

const allRoles = (base: Base): readonly Role[] => [
  "root",
  "targets",
  "snapshot",
  "timestamp",
  ...base.delegated.keys(),
];

const matching = (base: Base, id: string): readonly Replacement[] =>
  allRoles(base).flatMap((role) =>
    definitionOf(base, role)
      .keys.filter(({ keyID }) => keyID.startsWith(id))
      .map(({ keyID }) => ({ role, out: [keyID] })),
  );

/** Enough digits that a slip of the finger names nothing. */
const KEY_ID = /^[0-9a-f]{8,64}$/;

const revocations = (base: Base, ids: readonly string[]): readonly Replacement[] => {
  const outs = new Map<Role, Set<string>>();
  for (const id of ids) {
    if (!KEY_ID.test(id)) throw unknownKey(`${JSON.stringify(id)} is no key id`);
    const found = matching(base, id);
    if (new Set(found.flatMap(({ out }) => out)).size !== 1)
      throw unknownKey(`${id} is the id of ${found.length} keys of the repository`);
    for (const { role, out } of found) outs.set(role, new Set([...(outs.get(role) ?? []), ...out]));
  }
  // They stand on one machine, and either can lead clients past every version that the other will ever sign.
  if (outs.has("snapshot") || outs.has("timestamp"))
    for (const role of ["snapshot", "timestamp"] as const)
      outs.set(role, new Set(definitionOf(base, role).keys.map(({ keyID }) => keyID)));
  return [...outs].map(([role, out]) => ({ role, out: [...out] }));
};

/**
 * Takes keys for stolen and gives their roles others. With a key of the snapshot or the timestamp both roles get new ones, and nothing that they
 * signed is believed: clients that a thief led to a version far ahead come back.
 * @throws ComposerError `UNKNOWN_KEY`, and as `editRepository` does.
 */
export const revokeKeys = async (
  given: string,
  keys: Keyring,
  ids: readonly string[],
  options: ReplaceOptions,
  host: ReplaceHost,
): Promise<Replaced> => {
  const repository = path.resolve(given);
  return withRepositoryLock(repository, async () => {
    // Not through the snapshot: that may be what the thief wrote.
    const ground = await recoverBase(repository, keys);
    const replacements = revocations(ground, ids);
    const isRecovery = replacements.some(({ role }) => role === "snapshot");
    const base = isRecovery ? ground : baseOf(await openMetadata(repository, keys));
    return replaceOn(repository, base, keys, replacements, options, host);
  });
};
