/** One release as one file, for nodes without a network: an uncompressed tar of the repository's own files, so that a node checks it as it checks a mirror. */
import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { decodeTimestamp } from "../trust/metadata-text.ts";
import { readWhole } from "./blobs.ts";
import { openRepository } from "./contents.ts";
import { syncDirectory } from "../durable/files.ts";
import { repositoryFile, TIMESTAMP_FILE } from "@slipway/release";
import { type ExportChoice, type ExportPlan, planExport } from "./plan-export.ts";
import { END_OF_ARCHIVE, paddingAfter, tarHeader } from "./tar-entry.ts";

export interface ExportOptions extends ExportChoice {
  readonly repo: string;
  /** The archive; its name must be free. */
  readonly file: string;
  readonly clock: Clock;
  readonly progress: Progress;
}

export interface ExportReport {
  readonly file: string;
  readonly version: string;
  readonly files: number;
  readonly size: number;
}

/**
 * Writes the archive, whole or not at all. What goes into it is checked on the way.
 * @throws ComposerError `NOT_PUBLISHED`, `REPOSITORY_INVALID`, `OUTPUT_OCCUPIED`
 */
export const exportRelease = async (options: ExportOptions): Promise<ExportReport> => {
  const { repo, file, progress } = options;
  if (await exists(file)) {
    throw new ComposerError("OUTPUT_OCCUPIED", `${file} is there already`, {
      hint: "choose another name, or remove it",
    });
  }
  const { plan, metadata } = await planWithMetadata(options);
  const temporary = `${file}.part`;
  try {
    const size = await progress.task("export", file, async (task) => {
      await using archive = await open(temporary, "w", 0o644);
      const total = await sumSizes(repo, plan);
      const written = await writeFiles(
        { repo, plan, metadata, archive },
        {
          signal: progress.signal,
          onBytes: (done) => task.bytes(done, total),
        },
      );
      await archive.sync();
      return written;
    });
    await rename(temporary, file);
    await syncDirectory(path.dirname(path.resolve(file)));
    return { file, version: plan.release.manifest.version, files: plan.files.length, size };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

/** As often as somebody may sign anew while we read. */
const ATTEMPTS = 5;

/**
 * What to export, and the metadata of that very moment: the timestamp's name is the same for all versions, so a timestamp that is read later could
 * lead to files that are not in the archive.
 */
const planWithMetadata = async (
  options: ExportOptions,
): Promise<{
  readonly plan: ExportPlan;
  readonly metadata: ReadonlyMap<string, Uint8Array>;
}> => {
  const { repo, clock } = options;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const repository = await openRepository(repo, clock.now());
    const plan = planExport(repository, options);
    const metadata = new Map<string, Uint8Array>();
    for (const file of plan.files)
      if (repository.metadata.files.has(file))
        metadata.set(file, await readFile(path.join(repo, file)));
    const timestamp = metadata.get(TIMESTAMP_FILE) ?? new Uint8Array();
    const { version } = decodeTimestamp(timestamp, TIMESTAMP_FILE).metadata.signed;
    if (version === repository.metadata.timestamp.signed.version) return { plan, metadata };
  }
  throw new ComposerError("REPOSITORY_BUSY", `${repo} is being changed all the time`, {
    hint: "run it again when nobody publishes",
  });
};

interface Writing {
  readonly repo: string;
  readonly plan: ExportPlan;
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  readonly archive: FileHandle;
}

const writeFiles = async (
  { repo, plan, metadata, archive }: Writing,
  watch: { readonly signal: AbortSignal | undefined; readonly onBytes: (done: number) => void },
): Promise<number> => {
  let size = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    for (let done = 0; done < bytes.length;)
      done += (await archive.write(bytes, done, bytes.length - done)).bytesWritten;
    size += bytes.length;
    watch.onBytes(size);
  };
  for (const name of plan.files) {
    const held = metadata.get(name);
    const contents = held?.length ?? (await sizeOf(path.join(repo, name), name));
    await write(tarHeader(name, contents));
    if (held === undefined)
      await copyFile(path.join(repo, name), { name, size: contents }, watch.signal, write);
    else await write(held);
    await write(new Uint8Array(paddingAfter(contents)));
  }
  await write(END_OF_ARCHIVE);
  return size;
};

/** Copies a file that its own name vouches for. */
const copyFile = async (
  from: string,
  { name, size }: { readonly name: string; readonly size: number },
  signal: AbortSignal | undefined,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> => {
  const found = await readWhole(from, signal, write);
  const what = repositoryFile(name);
  const isNamedByDigest = what?.kind === "blob" || what?.kind === "target";
  if (found.size !== size || !isNamedByDigest || found.sha256 !== what.sha256)
    throw damaged(name, "is not what its name says");
};

const damaged = (name: string, message: string, cause?: unknown): ComposerError =>
  new ComposerError("REPOSITORY_INVALID", `${name} ${message}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "`slipway repo verify` names all files that differ; put back good copies from a mirror",
  });

const sizeOf = async (file: string, name: string): Promise<number> => {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw damaged(name, "cannot be read", cause);
  }
};

const sumSizes = async (repo: string, { files }: ExportPlan): Promise<number> => {
  let total = 0;
  for (const name of files) total += await sizeOf(path.join(repo, name), name);
  return total;
};

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
