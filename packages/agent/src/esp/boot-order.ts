/**
 * Which entry systemd-boot starts, and under which name it leaves it: a model of version 257, held against the real one by a test. Pure.
 * What it leaves out, an image of ours does not have: `default` in loader.conf, EFI variables that choose an entry, and entries in `.conf` files.
 */
import { compareVersions } from "@slipway/release";

/** os-release(5) of a profile, as far as the loader looks at it. */
export interface LoaderRelease {
  /** `IMAGE_ID`, else `ID`. */
  readonly sortKey: string | undefined;
  /** `IMAGE_VERSION`, else `VERSION`, `VERSION_ID`, `BUILD_ID`. */
  readonly version: string | undefined;
}

/** A file in `EFI/Linux`. */
export interface LoaderFile {
  /** Its name: the long one, or, where a cut tore that, the short one. */
  readonly file: string;
  /** Its profiles, the main one first; none where it is no EFI program with os-release(5) inside. */
  readonly profiles: readonly LoaderRelease[];
}

/** What the loader's menu would show. */
export interface LoaderEntry<File extends LoaderFile = LoaderFile> {
  readonly from: File;
  /** 0 is the main one. */
  readonly profile: number;
  /** What it tells systemd in LoaderEntrySelected; of a counted entry without counter and profile. */
  readonly id: string;
  /** Undefined without a counter. */
  readonly tries: { readonly left: number; readonly done: number } | undefined;
}

const MOST_TRIES = 2 ** 31 - 1;

/** The entries that the loader finds, in its order; it starts the first. `files` are in the order of the directory, which decides between equals. */
export const bootOrder = <File extends LoaderFile>(
  files: readonly File[],
): readonly LoaderEntry<File>[] =>
  files
    .filter(({ file }) => isTaken(file))
    .flatMap((from) => from.profiles.map((_, profile) => entryOf(from, profile)))
    .toSorted(compareEntries);

/** The name under which the loader leaves a file that it starts. It keeps the old one where that name is taken. */
export const nameOnceBooted = (file: string, others: readonly string[]): string => {
  const counter = counterOf(file);
  if (counter === undefined) return file;
  const { left, done, prefix } = counter;
  const next = `${prefix}+${Math.max(0, left - 1)}-${Math.min(done + 1, MOST_TRIES)}.efi`;
  // FAT has one name of a spelling, and firmware replaces no file.
  return others.some((other) => other.toLowerCase() === next.toLowerCase()) ? file : next;
};

const isTaken = (file: string): boolean => {
  const name = file.toLowerCase();
  return !name.startsWith(".") && !name.startsWith("auto-") && name.endsWith(".efi");
};

interface Counter {
  /** What is before the last `+`. */
  readonly prefix: string;
  readonly left: number;
  readonly done: number;
}

const counterOf = (file: string): Counter | undefined => {
  const [, prefix, left, done = "0"] = /^(.*)\+(\d+)(?:-(\d+))?\.efi$/is.exec(file) ?? [];
  if (prefix === undefined) return undefined;
  const counter = { prefix, left: Number(left), done: Number(done) };
  return Math.max(counter.left, counter.done) > MOST_TRIES ? undefined : counter;
};

const entryOf = <File extends LoaderFile>(from: File, profile: number): LoaderEntry<File> => {
  const counter = counterOf(from.file);
  if (counter === undefined) {
    // The loader appends the profile's own name rather than its number; it is one profile's either way.
    const suffix = profile === 0 ? "" : `@${profile}`;
    return { from, profile, id: `${from.file.toLowerCase()}${suffix}`, tries: undefined };
  }
  const { prefix, left, done } = counter;
  return { from, profile, id: `${prefix}.efi`, tries: { left, done } };
};

/** The keys in turn; the first that tells two entries apart decides. */
const compareEntries = (a: LoaderEntry, b: LoaderEntry): number =>
  Number(isOut(a)) - Number(isOut(b)) ||
  compareReleases(releaseOf(a), releaseOf(b)) ||
  compareVersions(idOf(b), idOf(a)) ||
  compareProfiles(a, b) ||
  compareTries(a, b);

/** Without tries left: behind all others. */
const isOut = ({ tries }: LoaderEntry): boolean => tries?.left === 0;

const releaseOf = ({ from, profile }: LoaderEntry): LoaderRelease =>
  from.profiles[profile] ?? { sortKey: undefined, version: undefined };

/** By sort key, then the newest version first. Whoever has no sort key comes behind, unordered by version. */
const compareReleases = (a: LoaderRelease, b: LoaderRelease): number => {
  if (a.sortKey === undefined || b.sortKey === undefined) {
    return Number(a.sortKey === undefined) - Number(b.sortKey === undefined);
  }
  if (a.sortKey !== b.sortKey) return a.sortKey < b.sortKey ? -1 : 1;
  return compareVersions(b.version ?? "", a.version ?? "");
};

/** The id without the profile, which of a counted entry still has the counter: version 257 forgets it there. */
const idOf = ({ id, from, profile }: LoaderEntry): string =>
  profile > 0 ? from.file.toLowerCase() : id;

const compareProfiles = (a: LoaderEntry, b: LoaderEntry): number =>
  a.profile > 0 && b.profile > 0 ? a.profile - b.profile : 0;

/** Most tries left first, then fewest done. */
const compareTries = (a: LoaderEntry, b: LoaderEntry): number => {
  if (a.tries === undefined || b.tries === undefined) return 0;
  return b.tries.left - a.tries.left || a.tries.done - b.tries.done;
};
