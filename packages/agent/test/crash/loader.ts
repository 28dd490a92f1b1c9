/** What a machine with this disk boots: the loader's model on the FAT that firmware reads. */
import { FatError, readFat, type Sectors, type SimulatedDisk } from "@slipway/host/testing";
import { bootOrder, type LoaderFile, nameOnceBooted } from "../../src/esp/boot-order.ts";
import { parseEntryName, tornState } from "../../src/esp/entry-name.ts";
import { bootedEntry } from "../../src/node/booted-entry.ts";
import type { EspEntry, SlotLetter } from "../../src/node/facts.ts";
import { bytesOf, firmwareRenames, SLOTS } from "./machine.ts";
import type { TinyRelease } from "./releases.ts";

const DIRECTORY = "/EFI/Linux";

interface Found extends LoaderFile {
  /** Undefined where the file is not the whole UKI of a release. */
  readonly release: TinyRelease | undefined;
}

/** The entry that the loader starts. */
export interface Choice {
  readonly file: string;
  readonly release: TinyRelease | undefined;
  readonly tries: { readonly left: number; readonly done: number } | undefined;
  /** How many other entries hold the whole UKI of a release. */
  readonly others: number;
  /** All names that it looked at. */
  readonly names: readonly string[];
  /** Why the agent could not tell that this is what was booted; undefined where it can. */
  readonly unproven: string | undefined;
}

/** The loader's choice; undefined where it finds nothing to boot. */
export const chooses = (disk: Sectors, releases: readonly TinyRelease[]): Choice | undefined => {
  const reader = readFat(disk);
  // A directory that grew can show, for a while, what its new cluster held before: names of nothing, and directories among them.
  const names = reader
    .readdir(DIRECTORY)
    .filter(({ kind }) => kind === "file")
    .map(({ name }) => name);
  const found = names.map((file) =>
    look(() => reader.readFile(`${DIRECTORY}/${file}`), file, releases),
  );
  const [first] = bootOrder(found);
  if (first === undefined) return undefined;
  const { from, tries, id } = first;
  const others = found.filter(
    ({ file, release }) =>
      release !== undefined && release !== from.release && file.toLowerCase().endsWith(".efi"),
  ).length;
  const unproven = unprovenOn(found, from, { id, isCounted: tries !== undefined });
  return { file: from.file, release: from.release, tries, others, names, unproven };
};

/** What the agent makes of the loader's word after this boot. */
const unprovenOn = (
  found: readonly Found[],
  booted: Found,
  { id, isCounted }: { readonly id: string; readonly isCounted: boolean },
): string | undefined => {
  const names = found.map(({ file }) => file);
  const after = nameOnceBooted(booted.file, names);
  const entries = found.flatMap((one): readonly EspEntry[] => {
    const file = one === booted ? after : one.file;
    const state = tornState(file);
    const inside = state && one.release && { ...one.release.name, state };
    const name = parseEntryName(file) ?? inside;
    const facts = { roothash: one.release?.roothash, dataUuid: undefined, hashUuid: undefined };
    return name === undefined ? [] : [{ file, name, size: 1, ...facts }];
  });
  return bootedEntry({
    loader: {
      selected: id,
      counted: isCounted ? after : undefined,
      partition: undefined,
      overrides: [],
    },
    entries,
    roothash: booted.release?.roothash ?? "",
    espUuid: undefined,
    foundGood: undefined,
  }).unproven;
};

const look = (read: () => Uint8Array, file: string, releases: readonly TinyRelease[]): Found => {
  const bytes = readable(read);
  // Of a file with broken clusters the loader may still see the beginning: what it would take it for is what its name says.
  const begun = releases.find(({ name, uki }) =>
    bytes === undefined
      ? parseEntryName(file)?.digest === name.digest
      : bytes.length >= HEAD_BYTES &&
        Buffer.compare(bytes.subarray(0, HEAD_BYTES), uki.subarray(0, HEAD_BYTES)) === 0,
  );
  const isWhole =
    bytes !== undefined && begun !== undefined && Buffer.compare(bytes, begun.uki) === 0;
  return { file, profiles: begun?.profiles ?? [], release: isWhole ? begun : undefined };
};

/** Headers and os-release(5): whoever has these is an entry. */
const HEAD_BYTES = 64;

const readable = (read: () => Uint8Array): Uint8Array | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof FatError && error.code === "CHAIN_BROKEN") return undefined;
    throw error;
  }
};

/** The slots that hold the release from the first byte to the last. */
export const slotsWith = (
  disk: Pick<Sectors, "read">,
  { root, verity }: TinyRelease,
): readonly SlotLetter[] =>
  (["a", "b"] as const).filter(
    (slot) =>
      Buffer.compare(bytesOf(disk, SLOTS[slot].verity, verity.length), verity) === 0 &&
      Buffer.compare(bytesOf(disk, SLOTS[slot].root, root.length), root) === 0,
  );

/** The loader counts the boot of what it starts. */
export const boots = (disk: SimulatedDisk, releases: readonly TinyRelease[]): TinyRelease => {
  const choice = chooses(disk, releases);
  if (choice?.release === undefined) throw new Error(`nothing boots: ${choice?.file}`);
  const next = nameOnceBooted(choice.file, choice.names);
  if (next !== choice.file) {
    firmwareRenames(disk, `${DIRECTORY}/${choice.file}`, `${DIRECTORY}/${next}`);
  }
  return choice.release;
};
