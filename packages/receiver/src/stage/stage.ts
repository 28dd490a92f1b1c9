/** Staging: a release is fetched, made, written into a slot and read back from it. */
import { hash } from "node:crypto";
import path from "node:path/posix";
import { type BlockDevices, type Clock, type Files, HostError } from "@slipway/host";
import { type ByteSink, encodeManifest, type ReleaseManifest } from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import { type FetchLimits, mirrors } from "../fetch/mirrors.ts";
import type { RepositorySource } from "../fetch/source.ts";
import { CHECKPOINT_BYTES } from "./fetched-file.ts";
import { ImageWriter } from "./image-writer.ts";
import { Journal } from "./journal.ts";
import { type Report, reporter, type StageProgress } from "./progress.ts";
import {
  checkSizes,
  closeSlot,
  complete,
  holdsRelease,
  invalidate,
  openSlot,
  type Slot,
} from "./slot.ts";
import { holdsUki, ukiWriter } from "./uki-writer.ts";
import { type Artifact, beginArtifact, endArtifact, makeArtifact } from "./artifact.ts";
import type { Seed } from "./way.ts";
import { waysTo } from "./ways.ts";

/** Where a release goes. */
export interface StageTarget {
  /** The slot's letter; what is half done for another one is not taken up. */
  readonly slot: string;
  /** Paths of the slot's partitions, which nobody else may have open. */
  readonly root: string;
  readonly verity: string;
  /** Where the UKI is put, on the ESP: a name that the loader does not take for an entry. */
  readonly uki: string;
}

export interface StageOptions {
  /** Verified: it comes from the image role's targets. */
  readonly manifest: ReleaseManifest;
  /** In order of preference. */
  readonly sources: readonly RepositorySource[];
  /** What the node has. */
  readonly seeds: readonly Seed[];
  readonly target: StageTarget;
  /** Of the booted slot: that release is never written. */
  readonly bootedRoothash: string;
  /** A directory on `/var` that is staging's alone: its journal, and what is fetched. */
  readonly journal: string;
  readonly devices: BlockDevices;
  readonly files: Files;
  readonly limits: FetchLimits;
  readonly clock: Clock;
  /**
   * Called when everything is fetched, before the slot loses what it holds: what would boot the slot has to be gone from the ESP by then. It may be
   * called more than once.
   */
  readonly beforeWriting?: () => Promise<void>;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly progress?: (progress: StageProgress) => void;
  /** For people: what went wrong and was worked around. */
  readonly log: (message: string) => void;
  readonly signal?: AbortSignal;
  /** After so many fetched bytes they are made durable; default: 192 KiB. */
  readonly checkpointBytes?: number;
}

/** How a release came into its slot. */
export interface Staged {
  /** What each artifact was made by; undefined where it was there already. */
  readonly root: string | undefined;
  readonly uki: string | undefined;
  /** How many bytes of the slot had to be written, hash tree and superblocks aside. */
  readonly writtenBytes: number;
}

/**
 * Brings a release into a slot. When it returns, the slot and the UKI hold the release, read back from the disk; however it
 * ends before, the slot holds its earlier release untouched, or nothing that could be taken for a release. Called again after
 * any interruption, it goes on where it was.
 * @throws ReceiverError
 */
export const stage = async (options: StageOptions): Promise<Staged> => {
  const { manifest, bootedRoothash } = options;
  if (manifest.roothash === bootedRoothash) {
    throw new ReceiverError(
      "BOOTED_RELEASE",
      `${manifest.image} ${manifest.version} is the booted release, which is never written`,
    );
  }
  checkSizes(manifest);
  try {
    const slot = await openSlot(options.devices, options.target, manifest);
    try {
      return await stageInto(slot, options);
    } finally {
      await closeSlot(slot);
    }
  } catch (error) {
    throw inOurWords(error);
  }
};

const stageInto = async (slot: Slot, options: StageOptions): Promise<Staged> => {
  const { manifest, target, files, journal: directory } = options;
  const isRootThere = await holdsRelease(slot, manifest);
  const isUkiThere = await holdsUki(files, target.uki, manifest.uki);
  const staged =
    isRootThere && isUkiThere
      ? { root: undefined, uki: undefined, writtenBytes: 0 }
      : await stageMissing(slot, options, { isRootThere, isUkiThere });
  await clear(files, directory);
  return staged;
};

const stageMissing = async (
  slot: Slot,
  options: StageOptions,
  { isRootThere, isUkiThere }: { readonly isRootThere: boolean; readonly isUkiThere: boolean },
): Promise<Staged> => {
  const { manifest, files, journal: directory, signal, log } = options;
  const journal = await openJournal(slot, options);
  const context = { options, slot, journal };
  const fetching = {
    mirrors: mirrors(options.sources, options),
    files,
    directory,
    journal,
    signal,
    log,
    checkpointBytes: options.checkpointBytes ?? CHECKPOINT_BYTES,
  };
  const begun: Artifact[] = [];
  const begin = async (of: Artifact["of"]): Promise<Artifact> => {
    const ways = waysTo(manifest, of, options.seeds);
    const artifact = await beginArtifact(
      { ...fetching, report: report(context, of, "fetch") },
      of,
      ways,
    );
    begun.push(artifact);
    return artifact;
  };
  try {
    // Everything is fetched before the slot loses what it holds.
    const root = isRootThere ? undefined : await begin("root");
    const uki = isUkiThere ? undefined : await begin("uki");
    const writtenBytes = root === undefined ? 0 : await writeRoot(context, root);
    if (uki !== undefined) await writeUki(context, uki);
    return { root: root?.by, uki: uki?.by, writtenBytes };
  } catch (error) {
    if (error instanceof ReceiverError && error.code === "NO_TRANSPORT") await journal.forgive();
    throw error;
  } finally {
    for (const artifact of begun) await endArtifact(artifact);
    await journal.close();
  }
};

interface StageContext {
  readonly options: StageOptions;
  readonly slot: Slot;
  readonly journal: Journal;
}

const writeRoot = async (context: StageContext, artifact: Artifact): Promise<number> => {
  const { slot, journal, options } = context;
  const { manifest } = options;
  let writtenBytes = 0;
  let isRepeated = journal.isResumed;
  await makeArtifact(artifact, async (recipe) => {
    await options.beforeWriting?.();
    await invalidate(slot);
    const writer = new ImageWriter(slot.root, manifest.root, isRepeated);
    isRepeated = true;
    await recipe.make(observed(context, "root", writer));
    await writer.finish();
    writtenBytes += writer.rewritten;
    await complete(slot, manifest, writer.superblock(), report(context, "root", "verify"));
  });
  return writtenBytes;
};

const writeUki = async (context: StageContext, artifact: Artifact): Promise<void> => {
  const { manifest, target, files } = context.options;
  await makeArtifact(artifact, async (recipe) => {
    const writer = await ukiWriter(files, target.uki, manifest.uki);
    try {
      await recipe.make(observed(context, "uki", writer));
      await writer.finish();
    } finally {
      await writer.close();
    }
  });
};

/** The same sink, which stops when nobody wants it any more and tells how far it is. */
const observed = (context: StageContext, of: Artifact["of"], sink: ByteSink): ByteSink => {
  const tell = report(context, of, "write");
  const total = context.options.manifest[of].size;
  let done = 0;
  return {
    write: async (bytes) => {
      if (context.options.signal?.aborted === true) {
        throw new ReceiverError("ABORTED", "staging was given up", {
          hint: "stage the release again: it goes on where it was",
        });
      }
      await sink.write(bytes);
      done += bytes.length;
      tell(done, total);
    },
  };
};

const report = (
  { options: { clock, progress } }: StageContext,
  of: Artifact["of"],
  phase: StageProgress["phase"],
): Report => reporter(clock, progress ?? (() => undefined), { of, phase });

const JOURNAL_NAME = "journal";

const openJournal = async (
  slot: Slot,
  { manifest, target, files, journal: directory, random }: StageOptions,
): Promise<Journal> => {
  const subject = {
    release: hash("sha256", encodeManifest(manifest)),
    target: `${target.slot} ${slot.root.size} ${slot.verity.size}`,
  };
  const nonce = random().toString(36).slice(2);
  const journalPath = path.join(directory, JOURNAL_NAME);
  return Journal.open(files, journalPath, subject, nonce, () =>
    clear(files, directory, JOURNAL_NAME),
  );
};

/** Removes what staging kept, but for one file; parts of files that another release needed are among it. */
const clear = async (files: Files, directory: string, but?: string): Promise<void> => {
  for (const name of await files.list(directory)) {
    if (name !== but) await files.remove(path.join(directory, name));
  }
};

/** What the machine refused, by what that means for staging. */
const inOurWords = (error: unknown): unknown => {
  if (!(error instanceof HostError)) return error;
  return new ReceiverError(
    error.code === "DEVICE_BUSY" ? "SLOT_BUSY" : "WRITE_FAILED",
    error.message,
    { cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) },
  );
};
