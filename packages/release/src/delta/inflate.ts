import { constants, createBrotliDecompress, createZstdDecompress } from "node:zlib";
import type { ByteSource, Extent } from "./byte-source.ts";
import { DeltaError } from "./delta-error.ts";
import type { StreamHeader, StreamName } from "./format.ts";
import { WINDOW_BITS } from "./format.ts";

const READ_BYTES = 64 * 1024;

/** Decompresses a stream of a delta piece by piece, and never gives more than its header says. */
export async function* inflate(
  delta: ByteSource,
  place: Extent,
  header: StreamHeader,
  name: StreamName,
): AsyncGenerator<Uint8Array, void, void> {
  let given = 0;
  for await (const chunk of unpacked(delta, place, header, name)) {
    given += chunk.length;
    if (given > header.length) throw wrongLength(name, header, "more");
    if (chunk.length > 0) yield chunk;
  }
  if (given < header.length) throw wrongLength(name, header, `only ${given}`);
}

const wrongLength = (name: string, { length }: StreamHeader, what: string): DeltaError =>
  new DeltaError("DELTA_CORRUPT", `${name} should be ${length} bytes, and are ${what}`);

async function* unpacked(
  delta: ByteSource,
  place: Extent,
  { codec }: StreamHeader,
  name: StreamName,
): AsyncGenerator<Uint8Array, void, void> {
  if (codec === "none") {
    yield* pieces(delta, place);
    return;
  }
  const decompressor =
    codec === "brotli"
      ? createBrotliDecompress()
      : // Larger windows are refused: a node must not need more memory because a delta says so. Brotli's end at 16 MiB.
        createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: WINDOW_BITS[name] } });
  let readError: Error | undefined;
  const closed = new Promise<void>((resolve) => decompressor.once("close", resolve));
  const feed = async (): Promise<void> => {
    try {
      for await (const piece of pieces(delta, place)) {
        const taken = new Promise<void>((resolve) => decompressor.write(piece, () => resolve()));
        // One that is destroyed says no more of what it was given.
        await Promise.race([taken, closed]);
        if (decompressor.destroyed) return;
      }
      decompressor.end();
    } catch (error) {
      readError = error instanceof Error ? error : new Error(String(error));
      decompressor.destroy(readError);
    }
  };
  const fed = feed();
  try {
    for await (const chunk of decompressor) {
      if (chunk instanceof Uint8Array) yield chunk;
    }
  } catch (error) {
    if (readError !== undefined) throw readError;
    throw new DeltaError("DELTA_CORRUPT", `${name} cannot be decompressed`, { cause: error });
  } finally {
    decompressor.destroy();
    await fed;
  }
}

async function* pieces(
  delta: ByteSource,
  { offset, length }: Extent,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < length; at += READ_BYTES) {
    yield await delta.read(offset + at, Math.min(READ_BYTES, length - at));
  }
}
