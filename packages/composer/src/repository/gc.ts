/**
 * Takes old releases out of a repository, and the files that nothing names any more off the disk.
 *
 * First the lists are signed without them; only then files go, and only those that have been without a name for a while: a client that read the
 * lists before goes on with what they named. Killed at any point it leaves files too many, which the next run finds.
 */
import { rm, stat } from "node:fs/promises";
import path from "node:path";
import { errnoOf, type Clock } from "@slipway/host";
import type { Progress } from "../progress.ts";
import { withRepositoryLock } from "../trust/repository-lock.ts";
import { readCondemned, sentence, writeCondemned } from "./condemned.ts";
import { blobsOf, openRepository, type Repository } from "./contents.ts";
import { blobPath, repositoryFile } from "@slipway/release";
import { asOnlyPublisher } from "./lock.ts";
import { type GcPlan, planGc } from "./plan-gc.ts";
import { channelChange } from "./publish.ts";
import type { EditTargets } from "./target-changes.ts";
import { walkRepository } from "./walk.ts";

export interface GcOptions {
  readonly repo: string;
  /** How many of the newest releases stay, on every channel and for every architecture; at least 1. */
  readonly keep: number;
  /** How long a file stays after the last list that named it has gone. */
  readonly graceSeconds: number;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  readonly edit: EditTargets;
  readonly clock: Clock;
  readonly progress: Progress;
}

export interface GcReport {
  /** TUF paths of the releases that were taken out. */
  readonly releases: readonly string[];
  /** Channels that no longer name some of these, as `image/name`. */
  readonly channels: readonly string[];
  readonly files: {
    readonly removed: number;
    readonly removedBytes: number;
    /** Named by nothing, and kept until their grace is over. */
    readonly waiting: number;
    readonly waitingBytes: number;
  };
}

/** A day: whoever is on the way for longer starts again from new metadata. */
export const DEFAULT_GRACE_SECONDS: number = 24 * 60 * 60;

/** @throws ComposerError `REPOSITORY_INVALID`, `REPOSITORY_BUSY`, and what `edit` throws. */
export const collectGarbage = (options: GcOptions): Promise<GcReport> =>
  asOnlyPublisher(options.repo, () => collectAlone(options));

const collectAlone = async (options: GcOptions): Promise<GcReport> => {
  const { repo, clock, progress, dryRun } = options;
  const before = await openRepository(repo, clock.now());
  const plan = planNow(options, before);
  if (!dryRun && (plan.channels.length > 0 || plan.remove.length > 0))
    await progress.task("sign", "shorter lists", () =>
      options.edit(async () => {
        // A channel may have been edited meanwhile: what it names now stays.
        const { channels, remove } = planNow(options, await openRepository(repo, clock.now()));
        return { put: channels.map((channel) => channelChange({ channel })), remove };
      }),
    );
  const files = await progress.task("sweep", repo, () =>
    dryRun
      ? forecast(options, before, plan.remove)
      : withRepositoryLock(repo, () => sweep(options)),
  );
  return {
    releases: plan.remove,
    channels: plan.channels.map(({ image, name }) => `${image}/${name}`),
    files,
  };
};

const secondsOf = (clock: Clock): number => Math.floor(clock.now().getTime() / 1000);

const planNow = ({ keep, clock }: GcOptions, { releases, channels }: Repository): GcPlan =>
  planGc({
    releases,
    channels: channels.map(({ channel }) => channel),
    keep,
    now: secondsOf(clock),
  });

const namedFiles = ({ metadata, files, releases }: Repository): ReadonlySet<string> =>
  new Set([
    ...metadata.files,
    ...files,
    ...[...blobsOf(releases).keys()].map((sha256) => blobPath(sha256)),
  ]);

/** The files of ours that nothing names. Files of other names are somebody else's, and stay. */
const findUnnamed = async (
  repo: string,
  named: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const { file, kind } of walkRepository(repo)) {
    signal?.throwIfAborted();
    const isOurs = kind === "file" && isCollectable(file);
    if (isOurs && !named.has(file)) found.push(file);
  }
  return found;
};

const isCollectable = (file: string): boolean => {
  const what = repositoryFile(file);
  switch (what?.kind) {
    case "metadata":
      // Every root leads old clients to the next.
      return what.role !== "root";
    case "target":
    case "blob":
      return true;
    case "timestamp":
    case undefined:
      return false;
  }
};

/** The caller holds the lock under which lists are written, so that no file is between being written and being named. */
const sweep = async ({
  repo,
  clock,
  graceSeconds,
  progress,
}: GcOptions): Promise<GcReport["files"]> => {
  const after = await openRepository(repo, clock.now());
  const now = secondsOf(clock);
  const unnamed = await findUnnamed(repo, namedFiles(after), progress.signal);
  const { due, waiting } = sentence(unnamed, await readCondemned(repo), { now, graceSeconds });
  const waitingBytes = await sumSizes(repo, [...waiting.keys()]);
  const removedBytes = await sumSizes(repo, due);
  for (const file of due) {
    progress.signal?.throwIfAborted();
    await rm(path.join(repo, file), { force: true });
  }
  await writeCondemned(repo, waiting);
  return { removed: due.length, removedBytes, waiting: waiting.size, waitingBytes };
};

/** What would be unnamed if the releases were gone. Lists that would be signed anew are not counted. */
const forecast = async (
  { repo, clock, graceSeconds, progress }: GcOptions,
  before: Repository,
  remove: readonly string[],
): Promise<GcReport["files"]> => {
  const releases = before.releases.filter(({ target }) => !remove.includes(target));
  const gone = before.releases.filter(({ target }) => remove.includes(target));
  const named = new Set(namedFiles({ ...before, releases }));
  for (const { file } of gone) named.delete(file);
  const unnamed = await findUnnamed(repo, named, progress.signal);
  const now = secondsOf(clock);
  const { due, waiting } = sentence(unnamed, await readCondemned(repo), { now, graceSeconds });
  return {
    removed: due.length,
    removedBytes: await sumSizes(repo, due),
    waiting: waiting.size,
    waitingBytes: await sumSizes(repo, [...waiting.keys()]),
  };
};

const sumSizes = async (repo: string, files: readonly string[]): Promise<number> => {
  let bytes = 0;
  for (const file of files) {
    try {
      bytes += (await stat(path.join(repo, file))).size;
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
  return bytes;
};
