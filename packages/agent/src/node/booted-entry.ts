/** Which file on the ESP was booted, if that can be proven. Pure. */
import {
  isBad,
  isBootable,
  isCounted,
  isSameRelease,
  isTorn,
  MARKED_BAD,
  parseEntryName,
  type ReleaseName,
} from "../esp/entry-name.ts";
import type { EspEntry } from "./facts.ts";
import type { LoaderFacts } from "./loader.ts";

export type BootedEntry =
  | { readonly entry: EspEntry; readonly unproven: undefined; readonly counted: boolean }
  | { readonly entry: undefined; readonly unproven: string; readonly counted: false };

export interface BootEvidence {
  readonly loader: LoaderFacts;
  readonly entries: readonly EspEntry[];
  /** That runs. */
  readonly roothash: string;
  /** Of the ESP on the boot disk. */
  readonly espUuid: string | undefined;
  /** The root hash that a verdict of this boot found good, if one did. */
  readonly foundGood: string | undefined;
}

const unproven = (reason: string): BootedEntry => ({
  entry: undefined,
  unproven: reason,
  counted: false,
});

/**
 * A name that a power cut tore says nothing of tries, so that the loader takes its release for good and does not count. Nobody has found it so: it is
 * on probation in every boot, until a verdict of that boot has found it good; `slipway-torn-name.service` asks for that verdict.
 *
 * The entry that the loader says it started, where its command line names the root that runs. After kexec the loader's word is about an earlier
 * kernel; after a boot from another disk, about another ESP. A soft reboot into another root does not change the kernel's command line and cannot
 * be told here; none of ours does that.
 */
export const bootedEntry = (evidence: BootEvidence): BootedEntry => {
  const { loader, entries, roothash, espUuid, foundGood } = evidence;
  const { selected, partition } = loader;
  if (selected === undefined)
    return unproven("no boot loader of systemd's says that it started this system");
  if (partition !== undefined && espUuid !== undefined && partition !== espUuid)
    return unproven(
      `the loader was started from partition ${partition}, and the ESP is ${espUuid}`,
    );
  const isSelected = isNamed(selected);
  if (isSelected === undefined && !entries.some(({ file }) => isFileOf(file, selected)))
    return unproven(`the loader says that it started ${selected}, which is no entry of ours`);
  const candidates = entries.filter(
    (one) => isBootable(one.name) && (isSelected?.(one) ?? isFileOf(one.file, selected)),
  );
  const entry = preferred(candidates, loader);
  if (entry === undefined)
    return unproven(`the loader says that it started ${selected}, which is not on the ESP`);
  if (entry.roothash !== roothash)
    return unproven(
      `the loader says that it started ${selected}, whose root hash is ${entry.roothash ?? "not to be read"}, and what runs has ${roothash}`,
    );
  const counted = isTorn(entry.file)
    ? foundGood !== roothash && !isBad(entry.name)
    : isOnProbation(entry, loader);
  return { entry, unproven: undefined, counted };
};

/** A torn name is its own id, but for a counter that somebody gave it. */
const isFileOf = (file: string, selected: string): boolean =>
  file.replace(/\+\d+(?:-\d+)?(?=\.efi$)/i, "").toLowerCase() ===
  selected.replace(/@[0-9]+$/, "").toLowerCase();

/** By the release that is in the id; nothing where it is the id of a name that was torn. */
const isNamed = (selected: string): ((entry: EspEntry) => boolean) | undefined => {
  const wanted = releaseOfId(selected);
  return wanted && (({ file, name }) => !isTorn(file) && isSameRelease(name, wanted));
};

/** The id is the file's name: with or without its counter, and with the profile behind it. */
const releaseOfId = (id: string): ReleaseName | undefined => {
  const file = id.replace(/@[0-9]+$/, "");
  return parseEntryName(file.toLowerCase().endsWith(".efi") ? file : `${file}.efi`);
};

/** Of several names of one release: the one that the loader gave when it counted, else the one that it names, else the first. */
const preferred = (
  candidates: readonly EspEntry[],
  { counted, selected }: LoaderFacts,
): EspEntry | undefined => {
  const named = (name: string | undefined): EspEntry | undefined =>
    candidates.find(({ file }) => file.toLowerCase() === name?.toLowerCase());
  return named(counted) ?? named(selected) ?? candidates[0];
};

/** The loader counted, and the entry still has the counter that it got. A hand's mark ends probation as a blessing does. */
const isOnProbation = ({ name }: EspEntry, { counted }: LoaderFacts): boolean => {
  const given = counted === undefined ? undefined : parseEntryName(counted);
  if (given === undefined || !isCounted(given) || !isSameRelease(given, name)) return false;
  return (
    name.state.kind === "counted" && !(name.state.left === 0 && name.state.done >= MARKED_BAD.done)
  );
};
