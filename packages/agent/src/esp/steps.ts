/**
 * What the agent does to boot entries, each step safe under a power cut at any write and made to be taken again after one.
 *
 * A rename on FAT is two directory entries in two sectors, which a disk writes in any order. A cut can leave both names, leading to the same
 * clusters, or neither; the file itself is never touched. Three rules follow, and every step here keeps them:
 * - An entry is renamed only while another one, whose slot verifies, is durable on the ESP and would be booted without it.
 * - Of two names that may share clusters none is removed, for that would free the other's. The one too many gets a name that the loader does
 *   not take (`.leftover1`), by a rename that frees nothing, and is left alone for ever; it costs a directory entry.
 * - A name that leads to nothing (0 bytes) has no clusters and is removed.
 */
import { createHash } from "node:crypto";
import path from "node:path/posix";
import { type Files, HostError } from "@slipway/host";
import type { FileFacts } from "@slipway/release";
import {
  type EntryName,
  type EntryState,
  formatEntryName,
  isBad,
  isBootable,
  isSameRelease,
  MARKED_BAD,
  NEW_TRIES,
  parseEntryName,
  type ReleaseName,
} from "./entry-name.ts";
import { EspError } from "./errors.ts";

/** Of the ESP, where entries are. */
export const ENTRY_DIRECTORY = "/efi/EFI/Linux";

export interface EspOptions {
  readonly files: Files;
  /** Default: `ENTRY_DIRECTORY`. */
  readonly directory?: string;
}

/** The entry of a release, by all names that it may have. */
export interface EntryOf extends ReleaseName {
  /** Files whose names a power cut tore, and which hold the release by their command line. */
  readonly torn?: readonly string[];
}

/**
 * A staged entry becomes one that the loader tries three times. What it holds is read back from the disk before it gets its name, and after.
 * Safe because the booted entry is not touched: with both names or neither, it or the new one is booted, and both are whole.
 * @returns the entry's file name
 * @throws EspError `ENTRY_MISSING`, `ENTRY_DIFFERS`: the release is to be staged again
 */
export const activate = async (
  options: EspOptions,
  of: EntryOf,
  uki: FileFacts,
): Promise<string> => {
  const wanted = {
    state: { kind: "counted", ...NEW_TRIES },
    isWanted: isArmed,
    fromStaged: true,
  } as const;
  const source = await chosen(options, of, wanted);
  await requireUki(options, source.file, uki);
  await mendDirectory(options);
  const file = await settle(options, of, wanted);
  await requireUki(options, file, uki);
  return file;
};

/**
 * An entry is marked bad: the loader boots every other one first. Safe because that other one, good or armed, was durable before: if the cut takes
 * both names, it is the only one left, and if it leaves both, the release is tried and marked again.
 * @returns the entry's file name
 * @throws EspError `ENTRY_MISSING`
 */
export const markBad = (options: EspOptions, of: EntryOf): Promise<string> =>
  settle(options, of, { state: { kind: "counted", ...MARKED_BAD }, isWanted: isMarked });

/**
 * An entry that is to be booted next gets three tries, unless it is good, and stays so. Safe because the booted entry is not touched and is marked bad
 * only after this: until then it is booted, whatever became of this one.
 * @returns the entry's file name
 * @throws EspError `ENTRY_MISSING`
 */
export const rearm = async (options: EspOptions, of: EntryOf): Promise<string> => {
  await mendDirectory(options);
  return settle(options, of, { state: { kind: "counted", ...NEW_TRIES }, isWanted: isArmed });
};

/**
 * What systemd-bless-boot does: the counter goes. The agent leaves that to systemd; here it is for whoever mends a name that was torn while that happened,
 * and for tests. Safe because the other slot's entry is not written before the booted one is blessed.
 * @returns the entry's file name
 * @throws EspError `ENTRY_MISSING`
 */
export const bless = (options: EspOptions, of: EntryOf): Promise<string> =>
  settle(options, of, { state: { kind: "good" }, isWanted: isGood });

/**
 * Removes a release's entry, staged or not, before its slot is written. Safe because it is the other slot's: the booted entry is not touched. Whatever name the cut
 * leaves, a torn one without its counter among them, leads to no program any more, for the beginning of the file is overwritten first: one sector,
 * with all else as it was. A name goes from the disk before its clusters are anybody else's (see `Files.remove`).
 */
export const removeEntry = async (options: EspOptions, of: EntryOf): Promise<void> => {
  const names = await dropEmpty(options, await namesOf(options, of));
  // The largest first.
  const [last, ...others] = names.filter(isLive).toSorted((a, b) => b.size - a.size);
  if (last === undefined) return;
  for (const { file } of [last, ...others]) await spoil(options, file);
  // Names of the same size may be two of one file: one of them takes the clusters along, the others must not.
  for (const other of others) {
    if (other.size === last.size) await setAside(options, of, other.file);
    else await options.files.remove(at(options, other.file));
  }
  await options.files.remove(at(options, last.file));
};

/** What every program begins with is less. */
const HEADER_BYTES = 64;

/** Makes a file one that is no program. */
const spoil = async (options: EspOptions, file: string): Promise<void> => {
  await using opened = disposable(await options.files.open(at(options, file)));
  const header = new Uint8Array(Math.min(HEADER_BYTES, await opened.file.size()));
  await opened.file.write(header, 0);
  await opened.file.sync();
};

/** Not yet set aside. */
const isLive = ({ name }: Present): boolean => name?.state.kind !== "leftover";

/** A name of ours has no more entries of a directory. */
const MOST_PLACES = 12;

/**
 * To firmware a directory ends at the first place that was never used; Linux reads on. A cut while a long name was written over two sectors can leave such a place in
 * the first, and then nothing behind it is ever booted, though Linux shows it. Files with short names, which take one place each, fill it; removed, they leave
 * a place that was used. They are empty, and have no clusters: whatever a cut leaves of them is harmless.
 */
const mendDirectory = async (options: EspOptions): Promise<void> => {
  const names = Array.from({ length: MOST_PLACES }, (_, number) => `PLACE${number}.TMP`);
  for (const name of names) await (await options.files.open(at(options, name))).close();
  for (const name of names) await options.files.remove(at(options, name));
};

/** A name on the ESP that is, or may be, the release's. */
interface Present {
  readonly file: string;
  /** Undefined where it is torn. */
  readonly name: EntryName | undefined;
  readonly size: number;
}

/** The name that an entry is to have. */
interface Wanted {
  readonly state: EntryState;
  /** Whether a name will do as it is. */
  readonly isWanted: (name: EntryName) => boolean;
  /** Whether a staged entry, of which the loader knows nothing, may be made one that it takes. */
  readonly fromStaged?: boolean;
}

const isGood = ({ state }: EntryName): boolean => state.kind === "good";

const isArmed = (name: EntryName): boolean =>
  isGood(name) || (name.state.kind === "counted" && name.state.left === NEW_TRIES.left);

/** By a hand: the loader's own last try has left fewer done, and is still under way on probation. */
const isMarked = (name: EntryName): boolean =>
  isBad(name) && name.state.kind === "counted" && name.state.done >= MARKED_BAD.done;

const at = ({ directory = ENTRY_DIRECTORY }: EspOptions, file: string): string =>
  path.join(directory, file);

const namesOf = async (options: EspOptions, of: EntryOf): Promise<readonly Present[]> => {
  const { files, directory = ENTRY_DIRECTORY } = options;
  const present: Present[] = [];
  for (const file of await files.list(directory)) {
    const name = parseEntryName(file);
    const isOurs = name === undefined ? of.torn?.includes(file) === true : isSameRelease(name, of);
    if (!isOurs) continue;
    await using opened = disposable(await files.open(at(options, file)));
    present.push({ file, name, size: await opened.file.size() });
  }
  return present;
};

const disposable = <T extends { close(): Promise<void> }>(file: T) => ({
  file,
  [Symbol.asyncDispose]: () => file.close(),
});

/** A rename that was cut before the new name led to the bytes leaves an empty file. */
const dropEmpty = async (
  options: EspOptions,
  names: readonly Present[],
): Promise<readonly Present[]> => {
  for (const { file, size } of names) if (size === 0) await options.files.remove(at(options, file));
  return names.filter(({ size }) => size > 0);
};

/** The name that stays: one that is as wanted already; else one that the loader takes rather than a torn or a staged one. */
const chosen = async (
  options: EspOptions,
  of: EntryOf,
  { isWanted, fromStaged = false }: Wanted,
): Promise<Present> => {
  const names = await dropEmpty(options, await namesOf(options, of));
  const rank = ({ name }: Present): number => {
    if (name === undefined) return 2;
    if (isWanted(name)) return 0;
    if (isBootable(name)) return 1;
    return fromStaged && name.state.kind === "staged" ? 3 : 4;
  };
  const [found] = names.filter((one) => rank(one) < 4).toSorted((a, b) => rank(a) - rank(b));
  if (found !== undefined) return found;
  throw new EspError(
    "ENTRY_MISSING",
    `no file on the ESP holds ${of.image} ${of.version} (${of.digest})`,
    "stage the release again",
  );
};

/** Brings a release's entry to one name, the wanted one, from whatever a cut has left. */
const settle = async (options: EspOptions, of: EntryOf, wanted: Wanted): Promise<string> => {
  const found = await chosen(options, of, wanted);
  const isThere = found.name !== undefined && wanted.isWanted(found.name);
  const file = isThere ? found.file : formatEntryName({ ...of, state: wanted.state });
  if (!isThere) await options.files.rename(at(options, found.file), at(options, file));
  for (const other of await namesOf(options, of)) {
    if (other.file === file || other.name?.state.kind === "leftover") continue;
    // A staged file of another size is half of one, and has clusters of its own.
    if (other.name?.state.kind === "staged" && other.size !== found.size) continue;
    await setAside(options, of, other.file);
  }
  return file;
};

/** Gives a name too many one that the loader does not take. Nothing is freed; see above. */
const setAside = async (options: EspOptions, of: EntryOf, file: string): Promise<void> => {
  const taken = new Set(await options.files.list(options.directory ?? ENTRY_DIRECTORY));
  const { image, version, digest } = of;
  for (let number = 1; ; number += 1) {
    const name = formatEntryName({ image, version, digest, state: { kind: "leftover", number } });
    if (taken.has(name)) continue;
    await options.files.rename(at(options, file), at(options, name));
    return;
  }
};

const READ_BYTES = 1024 * 1024;

/** Throws unless the disk itself gives back the UKI; then a name that the loader takes is taken away. */
const requireUki = async (options: EspOptions, file: string, uki: FileFacts): Promise<void> => {
  if (await holds(options.files, at(options, file), uki)) return;
  const name = parseEntryName(file);
  if (name !== undefined && name.state.kind !== "staged") await setAside(options, name, file);
  throw new EspError(
    "ENTRY_DIFFERS",
    `${file} on the ESP is not the UKI that was staged`,
    "stage the release again; where that helps nothing, replace the disk",
  );
};

/** Whether a file holds these bytes, past every cache. */
export const holds = async (files: Files, file: string, facts: FileFacts): Promise<boolean> => {
  try {
    return await readsAs(files, file, facts);
  } catch (error) {
    // On FAT, a file can be of a size that its clusters do not reach.
    if (error instanceof HostError && error.code === "FILE_FAILED") return false;
    throw error;
  }
};

const readsAs = async (files: Files, file: string, facts: FileFacts): Promise<boolean> => {
  await using opened = disposable(await files.open(file));
  if ((await opened.file.size()) !== facts.size) return false;
  const digest = createHash("sha256");
  const buffer = new Uint8Array(Math.min(READ_BYTES, facts.size));
  for (let offset = 0; offset < facts.size; offset += READ_BYTES) {
    const piece = buffer.subarray(0, Math.min(READ_BYTES, facts.size - offset));
    await opened.file.readBack(piece, offset);
    digest.update(piece);
  }
  return digest.digest("hex") === facts.sha256;
};
