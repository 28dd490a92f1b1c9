/** The images that nodes have, for deltas to lead away from: at hand as files, or made again from the repository's own frames. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import path from "node:path";
import {
  blobPath,
  type FileFacts,
  readFrameTable,
  type ReleaseManifest,
  type Transport,
  TransportError,
  unpackFrame,
} from "@slipway/release";
import type { CarriedFile, ReleaseImages } from "../delta/release-images.ts";
import { ComposerError } from "../errors.ts";
import { openFileSource } from "../inspect/file-source.ts";
import { type BuiltDirectory, carriedFile } from "./built-directory.ts";

/** The format of full transports. */
export const FRAMES_FORMAT = "frames-1";

/** The images in a directory that a build left. */
export const imagesOfDirectory = (built: BuiltDirectory): ReleaseImages => {
  const { version, roothash, artifacts } = built.manifest;
  return {
    version,
    root: { ...carriedFile(built, "root"), name: roothash },
    uki: { ...carriedFile(built, "uki"), name: artifacts["uki.efi"].sha256 },
  };
};

/** Makes the images of a published release again, in `work`. Undefined when it has no frames that this Slipway can read. */
export const remakeImages = async (
  repo: string,
  manifest: ReleaseManifest,
  { work, signal }: { readonly work: string; readonly signal: AbortSignal | undefined },
): Promise<ReleaseImages | undefined> => {
  const remake = async (of: Transport["of"]): Promise<CarriedFile | undefined> => {
    const frames = manifest.transports.find(
      (transport) => transport.of === of && transport.format === FRAMES_FORMAT,
    );
    if (frames === undefined) return undefined;
    const file = path.join(work, `${of}-${manifest[of].sha256}`);
    await unpackFile(path.join(repo, blobPath(frames.file.sha256)), file, manifest[of], signal);
    const name = of === "root" ? manifest.roothash : manifest.uki.sha256;
    return { path: file, facts: manifest[of], name };
  };
  const root = await remake("root");
  const uki = await remake("uki");
  if (root === undefined || uki === undefined) return undefined;
  return { version: manifest.version, root, uki };
};

/** @throws ComposerError `REPOSITORY_INVALID` when the frames do not make what the manifest says. */
const unpackFile = async (
  from: string,
  to: string,
  expected: FileFacts,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const refuse = (message: string, cause?: unknown): ComposerError =>
    new ComposerError("REPOSITORY_INVALID", `${from} ${message}`, {
      ...(cause === undefined ? {} : { cause }),
      hint: "`slipway repo verify` names all files that differ; put back good copies from a mirror",
    });
  const hash = createHash("sha256");
  let size = 0;
  try {
    await using frames = await openFileSource(from);
    await using image = await open(to, "w");
    for (const frame of (await readFrameTable(frames)).frames) {
      signal?.throwIfAborted();
      const packed = await frames.read(frame.packedOffset, frame.packedLength);
      const bytes = unpackFrame(frame, packed);
      hash.update(bytes);
      await image.writeFile(bytes);
      size += bytes.length;
    }
  } catch (error) {
    throw error instanceof TransportError ? refuse(error.message, error) : error;
  }
  if (size !== expected.size || hash.digest("hex") !== expected.sha256)
    throw refuse("does not make the image that its manifest names");
};
