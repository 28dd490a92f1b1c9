/** Frames of an earlier release, from the repository itself: where a release has the same, they need not be packed again. */
import path from "node:path";
import { errnoOf } from "@slipway/host";
import {
  blobPath,
  type ByteSource,
  type PackedFrames,
  readPackedFrames,
  type ReleaseManifest,
  type Transport,
  TransportError,
} from "@slipway/release";
import { openFileSource } from "../inspect/file-source.ts";
import { FRAMES_FORMAT } from "./predecessor-images.ts";

export interface FramesBefore extends AsyncDisposable {
  readonly version: string;
  readonly packed: PackedFrames;
}

/**
 * Opens the frames of a published release's artifact. Nothing where they cannot be had, whatever the reason: everything can still be packed anew, and
 * `slipway repo verify` is who tells of damage.
 */
export const openFramesBefore = async (
  repo: string,
  { version, transports }: Pick<ReleaseManifest, "version" | "transports">,
  { of, signal }: { readonly of: Transport["of"]; readonly signal: AbortSignal | undefined },
): Promise<FramesBefore | undefined> => {
  const frames = transports.find(
    (transport) => transport.of === of && transport.format === FRAMES_FORMAT,
  );
  if (frames === undefined) return undefined;
  await using opened = new AsyncDisposableStack();
  try {
    const file = opened.use(await openFileSource(path.join(repo, blobPath(frames.file.sha256))));
    const packed = await readPackedFrames(stoppable(file, signal), frames.file);
    if (packed.count === 0) return undefined;
    const kept = opened.move();
    return { version, packed, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  } catch (error) {
    if (error instanceof TransportError || errnoOf(error) !== undefined) return undefined;
    throw error;
  }
};

const stoppable = (file: ByteSource, signal: AbortSignal | undefined): ByteSource => ({
  size: file.size,
  read: async (offset, length) => {
    signal?.throwIfAborted();
    return file.read(offset, length);
  },
});
