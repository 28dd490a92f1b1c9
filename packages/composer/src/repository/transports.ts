/** The ways on which a release travels, in a table: publishing makes what stands here, in this order. */
import { mkdir, rm } from "node:fs/promises";
import { type ByteSource, type Image, makeFrames, type Transport } from "@slipway/release";
import { makeReleaseDeltas } from "../delta/make-release-deltas.ts";
import { readRootImage } from "../delta/root-image.ts";
import type { ReleaseImages } from "../delta/release-images.ts";
import { readUkiImage } from "../delta/uki-image.ts";
import { openFileSource } from "../inspect/file-source.ts";
import type { Progress, Task } from "../progress.ts";
import type { BlobStore } from "./blobs.ts";
import { type BuiltDirectory, carriedFile } from "./built-directory.ts";
import type { PublishedRelease } from "./contents.ts";
import { openFramesBefore } from "./frames-before.ts";
import { FRAMES_FORMAT, imagesOfDirectory, remakeImages } from "./predecessor-images.ts";

/** What makers work with. */
export interface Making {
  readonly repo: string;
  readonly release: BuiltDirectory;
  /** Newest first. */
  readonly predecessors: readonly PublishedRelease[];
  /** The published release that this one is likely to have most in common with. */
  readonly nearest: PublishedRelease | undefined;
  /** Further predecessors, or the same ones: what is at hand need not be made again from the repository. */
  readonly from: readonly BuiltDirectory[];
  readonly blobs: BlobStore;
  /** An empty directory, removed afterwards. */
  readonly work: string;
  readonly progress: Progress;
}

export interface TransportMaker {
  /** Puts the files into the repository, and answers what the manifest says of them. `made` is what earlier makers answered. */
  readonly make: (making: Making, made: readonly Transport[]) => Promise<readonly Transport[]>;
}

const INDEX_FORMAT = "index-1";

type ReadImage = (bytes: ByteSource) => Promise<Image>;

/** An artifact in full, and the index by which a node finds out what it has of it already. */
const framesOf = (of: Transport["of"], readImage: ReadImage): TransportMaker => ({
  make: async ({ repo, release, nearest, blobs, progress }) => {
    const { architecture, salt } = release.manifest;
    const { path } = carriedFile(release, of);
    return progress.task(`frames of ${of} for ${architecture}`, path, async (task) => {
      await using before =
        nearest === undefined
          ? undefined
          : await openFramesBefore(repo, nearest.manifest, { of, signal: progress.signal });
      if (before !== undefined) task.note(`frames of ${before.version} are packed already`);
      let index: Uint8Array = new Uint8Array();
      const frames = await blobs.put(async (sink) => {
        await using bytes = await openFileSource(path);
        const made = await makeFrames(await readImage(bytes), stoppable(sink, progress), {
          // A UKI has no hash tree.
          ...(of === "root" ? { salt } : {}),
          packed: before?.packed,
          onProgress: ({ done, total }) => task.bytes(done, total),
        });
        ({ index } = made);
        if (before !== undefined)
          task.note(`${made.reused} of ${made.frames} frames are those of ${before.version}`);
      });
      const file = await blobs.put((sink) => sink.write(index));
      return [
        { of, format: FRAMES_FORMAT, file: frames },
        { of, format: INDEX_FORMAT, file },
      ];
    });
  },
});

const stoppable = (
  sink: Parameters<Parameters<BlobStore["put"]>[0]>[0],
  { signal }: Progress,
): typeof sink => ({
  write: async (bytes) => {
    signal?.throwIfAborted();
    await sink.write(bytes);
  },
});

interface Predecessor {
  readonly version: string;
  readonly images: () => Promise<ReleaseImages | undefined>;
}

/** Releases that are at hand come as they are, the rest is made again; what is at hand and was never published counts too. */
const predecessorsOf = (making: Making): readonly Predecessor[] => {
  const { repo, release, predecessors, from, work, progress } = making;
  const { image, architecture } = release.manifest;
  const atHand = from.filter(
    ({ manifest }) => manifest.image === image && manifest.architecture === architecture,
  );
  const isPublished = ({ manifest }: BuiltDirectory, { manifest: other }: PublishedRelease) =>
    manifest.artifacts["root.erofs"].sha256 === other.root.sha256 &&
    manifest.artifacts["uki.efi"].sha256 === other.uki.sha256;
  const fromDirectory = (built: BuiltDirectory): Predecessor => ({
    version: built.manifest.version,
    images: async () => imagesOfDirectory(built),
  });
  return [
    ...predecessors.map((published): Predecessor => {
      const { manifest } = published;
      const built = atHand.find((one) => isPublished(one, published));
      const remake = () => remakeImages(repo, manifest, { work, signal: progress.signal });
      return built === undefined
        ? { version: manifest.version, images: remake }
        : fromDirectory(built);
    }),
    ...atHand
      .filter((built) => !predecessors.some((published) => isPublished(built, published)))
      .map(fromDirectory),
  ];
};

/** Deltas from what nodes are likely to have. */
const DELTAS: TransportMaker = {
  make: async (making, made) => {
    const { release, progress, work } = making;
    const deltas: Transport[] = [];
    for (const { version, images } of predecessorsOf(making)) {
      const name = `delta from ${version} for ${release.manifest.architecture}`;
      const ofOne = await progress.task(name, release.directory, async (task) => {
        await mkdir(work, { recursive: true });
        const from = await images();
        if (from !== undefined) return makeDeltas(making, from, made, task);
        progress.warn(`${version} has no frames that can be read: no delta leads away from it`);
        return [];
      });
      deltas.push(...ofOne);
      // Images are large: those of one predecessor at a time.
      await rm(work, { recursive: true, force: true });
    }
    return deltas;
  },
};

const makeDeltas = async (
  { release, blobs, work, progress }: Making,
  from: ReleaseImages,
  made: readonly Transport[],
  task: Task,
): Promise<readonly Transport[]> => {
  const { signal } = progress;
  const deltas = await makeReleaseDeltas({
    from,
    to: imagesOfDirectory(release),
    into: work,
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ done, total }) => task.bytes(done, total),
  });
  // What is no smaller than the whole would only be tried in vain.
  const useful = deltas.filter(({ transport }) =>
    made.every(
      ({ of, format, file }) =>
        of !== transport.of || format !== FRAMES_FORMAT || transport.file.size < file.size,
    ),
  );
  for (const { path, transport } of useful) await blobs.putFile(path, transport.file, signal);
  return useful.map(({ transport }) => transport);
};

export const TRANSPORT_MAKERS: readonly TransportMaker[] = [
  framesOf("root", readRootImage),
  framesOf("uki", readUkiImage),
  DELTAS,
];

/** All transports of a release. */
export const makeTransports = async (making: Making): Promise<readonly Transport[]> => {
  let made: readonly Transport[] = [];
  for (const { make } of TRANSPORT_MAKERS) made = [...made, ...(await make(making, made))];
  return made;
};
