/** Deltas from one release to another: made, tried, and written as files. */
import { hash, createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  applyDelta,
  type ByteSource,
  DeltaError,
  FormatError,
  type HashedImage,
  type Image,
  makeDelta,
  type Transport,
} from "@slipway/release";
import { ComposerError } from "../errors.ts";
import { openFileSource } from "../inspect/file-source.ts";
import type { AlignPool } from "./align-pool.ts";
import { openAlignPool } from "./align-pool.ts";
import type { CarriedFile, ReleaseImages } from "./release-images.ts";
import { readRootImage } from "./root-image.ts";
import { readUkiImage } from "./uki-image.ts";

/** How far the deltas of a release are. */
export interface ReleaseDeltaProgress {
  readonly of: Transport["of"];
  /** Bytes of the artifact that were compared. */
  readonly done: number;
  readonly total: number;
}

export interface MakeReleaseDeltas {
  /** The release that nodes have. */
  readonly from: ReleaseImages;
  /** The release that they are to have. */
  readonly to: ReleaseImages;
  /** The directory that the deltas are written into; made when it is not there. */
  readonly into: string;
  /** How many threads compare files. Default: as many as there are processors. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReleaseDeltaProgress) => void;
}

/** A delta as a file, and what the release's manifest says of it. */
export interface ReleaseDelta {
  readonly path: string;
  readonly transport: Transport;
}

/** The format's name in manifests. */
export const DELTA_FORMAT = "delta-1";

/**
 * Makes the deltas of a release's root image and UKI from those of another. Each is tried before it is offered: what it makes
 * of the old artifact has the size and digest that the new release claims for the new one.
 * @throws ComposerError `NOT_A_RELEASE` when an artifact is not of its format or not the one that its release claims.
 */
export const makeReleaseDeltas = async ({
  from,
  to,
  into,
  jobs = availableParallelism(),
  signal,
  onProgress,
}: MakeReleaseDeltas): Promise<readonly ReleaseDelta[]> => {
  await mkdir(into, { recursive: true });
  await using pool = openAlignPool(jobs);
  const made: ReleaseDelta[] = [];
  for (const { of, readImage } of CARRIED) {
    const delta = await makeArtifactDelta({ before: from[of], after: to[of], readImage }, pool, {
      jobs,
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress) => onProgress?.({ of, ...progress }),
    });
    const path = join(into, `${of}-${from[of].facts.sha256}-${to[of].facts.sha256}.delta`);
    await writeFile(`${path}.part`, delta);
    await rename(`${path}.part`, path);
    made.push({
      path,
      transport: {
        of,
        format: DELTA_FORMAT,
        from: { version: from.version, sha256: from[of].facts.sha256 },
        file: { size: delta.length, sha256: hash("sha256", delta) },
      },
    });
  }
  return made;
};

type ReadImage = (bytes: ByteSource) => Promise<Image>;

const CARRIED: readonly { readonly of: Transport["of"]; readonly readImage: ReadImage }[] = [
  { of: "root", readImage: readRootImage },
  { of: "uki", readImage: readUkiImage },
];

interface ArtifactPair {
  readonly before: CarriedFile;
  readonly after: CarriedFile;
  readonly readImage: ReadImage;
}

interface ArtifactOptions {
  readonly jobs: number;
  readonly signal?: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}

const makeArtifactDelta = async (
  { before, after, readImage }: ArtifactPair,
  pool: AlignPool,
  options: ArtifactOptions,
): Promise<Uint8Array> => {
  await using old = await openArtifact(before);
  await using now = await openArtifact(after);
  const image = async (file: CarriedFile, bytes: ByteSource): Promise<HashedImage> => ({
    ...(await readImage(bytes).catch((error: unknown) => {
      throw notOfItsFormat(error, file.path);
    })),
    rootHash: file.name,
  });
  const delta = await makeDelta(await image(before, old), await image(after, now), {
    ...options,
    alignFiles: (source, target) => untilAborted(pool.align(source, target), options.signal),
  });
  await tryDelta(delta, old, before, after, options.signal);
  return delta;
};

/** What work gives, unless it is no longer wanted before: a large file takes its time, and its thread is ended with the pool. */
const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  // Who aborted before tells nobody any more.
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
};

const openArtifact = async ({ path, facts }: CarriedFile) => {
  const file = await openFileSource(path);
  if (file.size === facts.size) return file;
  await file[Symbol.asyncDispose]();
  throw notTheClaimed(path, `has ${file.size} bytes, and its release says ${facts.size}`);
};

/** Applies the delta as a node would. */
const tryDelta = async (
  delta: Uint8Array,
  source: ByteSource,
  before: CarriedFile,
  after: CarriedFile,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const made = createHash("sha256");
  const file: ByteSource = {
    size: delta.length,
    read: async (offset, length) => delta.subarray(offset, offset + length),
  };
  const write = async (bytes: Uint8Array): Promise<void> => {
    signal?.throwIfAborted();
    made.update(bytes);
  };
  const { targetSize } = await applyDelta({ source, delta: file, sink: { write } }).catch(
    (error: unknown) => {
      if (!(error instanceof DeltaError)) throw error;
      throw notTheClaimed(before.path, `has no delta that can be applied: ${error.message}`);
    },
  );
  const digest = made.digest("hex");
  if (targetSize === after.facts.size && digest === after.facts.sha256) return;
  throw notTheClaimed(
    after.path,
    `and what its delta makes hash to ${digest}, and its release says ${after.facts.sha256}`,
  );
};

const HINT = "build the release again, or take its files from where they were built";

const notTheClaimed = (path: string, what: string): ComposerError =>
  new ComposerError("NOT_A_RELEASE", `${path} ${what}`, { hint: HINT });

const notOfItsFormat = (error: unknown, path: string): unknown =>
  error instanceof FormatError
    ? new ComposerError("NOT_A_RELEASE", `${path}: ${error.message}`, { cause: error, hint: HINT })
    : error;
