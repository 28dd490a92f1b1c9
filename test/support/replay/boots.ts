/** What a machine would boot from a disk that a power cut left: the ESP as firmware reads it, the model of the loader's choice, and the slots. */
import { hash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { bootOrder, type LoaderFile } from "@slipway/agent";
import type { Partition } from "@slipway/composer/testing";
import { FatError, type FatReader, readFat } from "@slipway/host/testing";
import {
  type BlockDigests,
  type BlockWatch,
  digestOfBlock,
  digestsOfFile,
  stretchFrom,
  stretchOf,
  watchBlocks,
} from "./block-watch.ts";
import { digestOf, SECTOR } from "./crash-points.ts";
import type { DiskView } from "./logged-disk.ts";

const BLOCK_SECTORS = 8;
const ENTRIES = "/EFI/Linux";
const SLOTS = ["a", "b"] as const;
export type Slot = (typeof SLOTS)[number];

/** A release as far as it can be told whole from half. */
export interface KnownRelease<Version extends string> {
  readonly version: Version;
  readonly image: string;
  /** The first eight digits of its root hash, which its entry's name has. */
  readonly digest: string;
  readonly root: BlockDigests;
  readonly verity: BlockDigests;
  readonly uki: BlockDigests;
  readonly ukiBytes: number;
}

/** From the directory that a build left. */
export const knownRelease = <Version extends string>(
  directory: string,
  version: Version,
  { image, roothash }: { readonly image: string; readonly roothash: string },
): KnownRelease<Version> => {
  const file = (name: string): string => path.join(directory, name);
  if (!existsSync(file("uki.efi"))) throw new Error(`no release in ${directory}`);
  // What the loader starts has to open this root, and no other.
  if (!readFileSync(file("uki.efi")).includes(`roothash=${roothash}`)) {
    throw new Error(`the UKI in ${directory} does not name the root ${roothash}`);
  }
  return {
    ...{ version, image, digest: roothash.slice(0, 8) },
    root: digestsOfFile(file("root.erofs"), BLOCK_SECTORS),
    verity: digestsOfFile(file("root.verity"), BLOCK_SECTORS),
    uki: digestsOfFile(file("uki.efi"), 1),
    ukiBytes: statSync(file("uki.efi")).size,
  };
};

/** What the loader starts. */
export interface Choice<Version extends string> {
  readonly file: string;
  /** Undefined where the file is not a whole UKI of a release. */
  readonly release: Version | undefined;
  readonly tries: { readonly left: number; readonly done: number } | undefined;
}

export interface Boot<Version extends string> {
  /** Undefined where the loader finds nothing. */
  readonly choice: Choice<Version> | undefined;
  /** The slots that hold the chosen release from the first byte to the last. */
  readonly slots: readonly Slot[];
}

export interface BootWatch<Version extends string> {
  readonly bootOf: (view: DiskView) => Boot<Version>;
  /** Whether a slot holds a release from the first byte to the last. */
  readonly holds: (view: DiskView, slot: Slot, version: Version) => boolean;
  /** See `BlockWatch`. */
  readonly settle: (view: DiskView) => void;
}

type Watch = BlockWatch<unknown>;

/** Begins with what the disk holds now. */
export const watchBoots = <Version extends string>(
  disk: DiskView,
  partition: (label: string) => Partition,
  releases: readonly KnownRelease<Version>[],
): BootWatch<Version> => {
  const watchPart = (label: string, of: "root" | "verity"): BlockWatch<Version> => {
    const contents = new Map(releases.map((release) => [release.version, release[of]]));
    const blocks = Math.max(...releases.map((release) => release[of].length));
    const first = partition(label).offset / SECTOR;
    return watchBlocks(disk, stretchFrom(first, blocks, BLOCK_SECTORS), contents);
  };
  const slots = new Map(
    SLOTS.map((slot) => [
      slot,
      [watchPart(`slot-${slot}`, "root"), watchPart(`slot-${slot}-verity`, "verity")],
    ]),
  );
  const holds = (view: DiskView, slot: Slot, version: Version): boolean =>
    slots.get(slot)?.every((watch) => watch.differing(view).get(version) === 0) === true;
  const esp = watchEsp(disk, partition("esp"), releases);
  return {
    holds,
    bootOf: (view) => {
      const choice = esp.choose(view);
      const release = choice?.release;
      return {
        choice,
        slots: release === undefined ? [] : SLOTS.filter((slot) => holds(view, slot, release)),
      };
    },
    settle: (view) => {
      for (const watches of slots.values()) for (const watch of watches) watch.settle(view);
      esp.settle(view);
    },
  };
};

interface EspWatch<Version extends string> {
  readonly choose: (view: DiskView) => Choice<Version> | undefined;
  readonly settle: (view: DiskView) => void;
}

const watchEsp = <Version extends string>(
  whole: DiskView,
  { offset, size }: Partition,
  releases: readonly KnownRelease<Version>[],
): EspWatch<Version> => {
  const [first, sectors] = [offset / SECTOR, size / SECTOR];
  const inside = (view: DiskView): Map<number, number> =>
    new Map([...view.arrived].filter(([sector]) => sector >= first && sector < first + sectors));
  /** One for each release and each chain of clusters that once held it, as it was known on the settled disk. */
  const files = new Map<string, Watch>();
  /** Of the settled disk as it is. */
  const choices = new Map<number, Choice<Version> | undefined>();

  const isWhole = (
    view: DiskView,
    release: KnownRelease<Version>,
    { size: bytes, sectors: chain }: ReturnType<FatReader["sectorsOf"]>,
  ): boolean => {
    if (bytes !== release.ukiBytes) return false;
    const key = `${release.version} ${hash("sha1", Int32Array.from(chain))}`;
    let watch = files.get(key);
    if (watch === undefined) {
      const places = stretchOf(chain.map((sector) => first + sector));
      watch = watchBlocks<unknown>(whole, places, new Map([["uki", release.uki]]));
      files.set(key, watch);
    }
    return watch.differing(view).get("uki") === 0;
  };

  const look = (view: DiskView): Choice<Version> | undefined => {
    const reader = readFat({ sectors, read: (sector) => view.sector(first + sector) });
    const found = reader
      .readdir(ENTRIES)
      // Others the loader does not look into.
      .filter(({ kind, name }) => kind === "file" && name.toLowerCase().endsWith(".efi"))
      .map(({ name }) => ({ file: name, ...holdsWhat(view, reader, name) }))
      .map((file) => ({ ...file, profiles: profilesOf(file.release) }));
    const [chosen] = bootOrder(found);
    if (chosen === undefined) return undefined;
    const { from, tries } = chosen;
    return { file: from.file, release: from.isWhole ? from.release?.version : undefined, tries };
  };

  /** The release that a file is, or, where it is not whole, the one that the loader would take it for. */
  const holdsWhat = (
    view: DiskView,
    reader: FatReader,
    file: string,
  ): { readonly release: KnownRelease<Version> | undefined; readonly isWhole: boolean } => {
    const named = releases.find(({ digest }) => file.toLowerCase().includes(`_${digest}`));
    const place = readable(() => reader.sectorsOf(`${ENTRIES}/${file}`));
    // Of a file with broken clusters the loader may still see the beginning.
    if (place === undefined) return { release: named, isWhole: false };
    const [head] = place.sectors;
    if (head === undefined) return { release: undefined, isWhole: false };
    const begins = digestOfBlock(view.sector(first + head));
    const begun = releases.filter(({ uki }) => uki[0] === begins);
    const release = begun.find((one) => isWhole(view, one, place));
    if (release !== undefined) return { release, isWhole: true };
    return { release: begun.find((one) => one === named) ?? begun.at(-1), isWhole: false };
  };

  return {
    choose: (view) => {
      const key = digestOf(inside(view));
      if (choices.has(key)) return choices.get(key);
      const choice = look(view);
      choices.set(key, choice);
      return choice;
    },
    settle: (view) => {
      const arrived = inside(view);
      if (arrived.size === 0) return;
      choices.clear();
      for (const watch of files.values()) watch.settle(view);
    },
  };
};

/** Every UKI of ours has a second profile. */
const profilesOf = (release: KnownRelease<string> | undefined): LoaderFile["profiles"] =>
  release === undefined
    ? []
    : [release.image, `${release.image}~recovery`].map((sortKey) => ({
        sortKey,
        version: release.version,
      }));

const readable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof FatError && error.code === "CHAIN_BROKEN") return undefined;
    throw error;
  }
};
