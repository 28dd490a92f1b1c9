/**
 * Names of boot entries on the ESP: `NAME_VERSION_DIGEST[+LEFT[-DONE]].efi`, and `NAME_VERSION_DIGEST.staged` for one that the loader
 * is not to take. The digest is the first eight digits of the release's root hash. Pure.
 */

/** Tries that an entry has and had; with none left it is bad. */
export interface Tries {
  readonly left: number;
  readonly done: number;
}

export interface ReleaseName {
  readonly image: string;
  readonly version: string;
  /** Eight lower-case hexadecimal digits. */
  readonly digest: string;
}

/** What a name says of its entry. */
export type EntryState =
  /** Under a name that the loader does not take. */
  | { readonly kind: "staged" }
  /** A second name that a power cut left of an entry, set aside for good: the loader does not take it. */
  | { readonly kind: "leftover"; readonly number: number }
  /** Without a counter: blessed, or never counted. */
  | { readonly kind: "good" }
  | ({ readonly kind: "counted" } & Tries);

export interface EntryName extends ReleaseName {
  readonly state: EntryState;
}

/** A new entry has three tries. */
export const NEW_TRIES: Tries = { left: 3, done: 0 };

/** The mark of a hand: an entry that the loader gave up has three tries done, or five once it was booted after this. */
export const MARKED_BAD: Tries = { left: 0, done: 4 };

/** systemd's counters are an int's. */
const MOST_TRIES = 2 ** 31 - 1;

const RELEASE = "([a-z0-9][a-z0-9-]{0,62})_([A-Za-z0-9][A-Za-z0-9.~^-]{0,63})_([0-9a-f]{8})";
const ENTRY = new RegExp(`^${RELEASE}(?:\\+(\\d{1,10})(?:-(\\d{1,10}))?)?\\.efi$`, "i");
const INERT = new RegExp(`^${RELEASE}\\.(?:staged|leftover(\\d{1,6}))$`, "i");

/** What a file name says; undefined where it is none of ours: another's, or one that a power cut tore. Case does not count on FAT. */
export const parseEntryName = (file: string): EntryName | undefined => {
  const [, ...inert] = INERT.exec(file) ?? [];
  if (inert.length > 0) {
    const number = inert[3];
    return withRelease(
      inert,
      number === undefined ? { kind: "staged" } : { kind: "leftover", number: Number(number) },
    );
  }
  const [, ...entry] = ENTRY.exec(file) ?? [];
  if (entry.length === 0) return undefined;
  const state = parseState(entry[3], entry[4]);
  return state === undefined ? undefined : withRelease(entry, state);
};

/**
 * What the loader reads off a name that a power cut tore, or that count-boot made of such a one: only whether there is a counter behind it. Without
 * one it counts as good. Undefined where the loader does not take the file.
 */
export const tornState = (file: string): EntryState | undefined => {
  const [, left, done] = /^.*?(?:\+(\d{1,10})(?:-(\d{1,10}))?)?\.efi$/is.exec(file) ?? [];
  return /\.efi$/i.test(file) ? parseState(left, done) : undefined;
};

/** Whether a file with an entry in it has no name of ours. */
export const isTorn = (file: string): boolean => parseEntryName(file) === undefined;

const withRelease = (
  [image = "", version = "", digest = ""]: readonly (string | undefined)[],
  state: EntryState,
): EntryName => ({
  image: image.toLowerCase(),
  version,
  digest: digest.toLowerCase(),
  state,
});

const parseState = (left: string | undefined, done: string | undefined): EntryState | undefined => {
  if (left === undefined) return { kind: "good" };
  const tries = { left: Number(left), done: Number(done ?? 0) };
  if (tries.left > MOST_TRIES || tries.done > MOST_TRIES) return undefined;
  return { kind: "counted", ...tries };
};

/** The file name. */
export const formatEntryName = ({ image, version, digest, state }: EntryName): string =>
  `${image}_${version}_${digest}${formatState(state)}`;

const formatState = (state: EntryState): string => {
  switch (state.kind) {
    case "staged":
      return ".staged";
    case "leftover":
      return `.leftover${state.number}`;
    case "good":
      return ".efi";
    case "counted":
      return `${formatTries(state)}.efi`;
  }
};

const formatTries = ({ left, done }: Tries): string =>
  done === 0 ? `+${left}` : `+${left}-${done}`;

/** The names of a release's entry: staged, new, marked bad … */
export const entryName = (
  {
    image,
    version,
    roothash,
  }: { readonly image: string; readonly version: string; readonly roothash: string },
  state: EntryState,
): EntryName => ({ image, version, digest: roothash.slice(0, 8), state });

/** Whether the loader takes it for an entry without tries left. */
export const isBad = ({ state }: EntryName): boolean =>
  state.kind === "counted" && state.left === 0;

/** Whether the loader counts the boots of the entry. */
export const isCounted = ({ state }: EntryName): boolean => state.kind === "counted";

/** Whether the loader takes the file for an entry at all. */
export const isBootable = ({ state }: EntryName): boolean =>
  state.kind === "good" || state.kind === "counted";

/** Whether two names are of one release, as far as names can tell. */
export const isSameRelease = (a: ReleaseName, b: ReleaseName): boolean =>
  a.image === b.image && a.version === b.version && a.digest === b.digest;
