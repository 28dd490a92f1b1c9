import { hash } from "node:crypto";
import type { ByteSource } from "../delta/byte-source.ts";
import type { FileFacts } from "../manifest/manifest.ts";
import type { Frame } from "./frame-table.ts";
import { packerMark } from "./packer-mark.ts";
import { readFrameTable, unpackFrameInto } from "./read-frames.ts";
import { openSha256 } from "./sha256.ts";
import { TransportError } from "./transport-error.ts";

/** Frames that were packed before, found by what is in them. */
export interface PackedFrames {
  /** How many there are, those of zeros left out: they have no bytes to be copied. */
  readonly count: number;
  /** What `packFrame` would make of these bytes, where it is known. */
  readonly find: (bytes: Uint8Array) => Promise<Uint8Array | undefined>;
}

interface PackedPlace {
  readonly offset: number;
  readonly length: number;
  readonly contentLength: number;
  /** Of the packed bytes, in hexadecimal: they are read a second time. */
  readonly digest: string;
}

const NONE: PackedFrames = { count: 0, find: async () => undefined };

const REST_BYTES = 1024 * 1024;

/**
 * Unpacks each frame of a frames file once, to know it by the SHA-256 of its contents; in memory are one frame, and a line for each. Nothing of the file is
 * trusted, not even what is signed of it: what is found was unpacked here, and gave these very bytes. Frames of another packer are none.
 * Throws a TransportError for a file that is not what is expected of it, or of which a frame does not unpack.
 */
export const readPackedFrames = async (
  file: ByteSource,
  expected: FileFacts,
): Promise<PackedFrames> => {
  if (file.size !== expected.size) {
    throw new TransportError(
      "TRANSPORT_LENGTH",
      `frames: a file of ${file.size} bytes, expected are ${expected.size}`,
    );
  }
  const { frames, leavesOffset, packer } = await readFrameTable(file);
  if (packer !== packerMark()) return NONE;
  const whole = openSha256();
  const room = new Uint8Array(frames.reduce((most, { length }) => Math.max(most, length), 0));
  const places = new Map<string, PackedPlace>();
  for (const frame of frames) {
    if (frame.packedLength === 0) continue;
    const packed = await file.read(frame.packedOffset, frame.packedLength);
    whole.update(packed);
    const contents = digestOf(unpackFrameInto(room, frame, packed));
    if (!places.has(contents)) places.set(contents, placeOf(frame, packed));
  }
  for (let at = leavesOffset; at < file.size; at += REST_BYTES)
    whole.update(await file.read(at, Math.min(REST_BYTES, file.size - at)));
  if (whole.digest("hex") !== expected.sha256) {
    throw new TransportError("TRANSPORT_CORRUPT", "frames: not the file that is expected");
  }
  return { count: places.size, find: findIn(file, places) };
};

const placeOf = ({ packedOffset, length }: Frame, packed: Uint8Array): PackedPlace => ({
  offset: packedOffset,
  length: packed.length,
  contentLength: length,
  digest: digestOf(packed),
});

const findIn =
  (file: ByteSource, places: ReadonlyMap<string, PackedPlace>): PackedFrames["find"] =>
  async (bytes) => {
    const place = places.get(digestOf(bytes));
    if (place === undefined || place.contentLength !== bytes.length) return undefined;
    // Whatever keeps it from being read: these bytes can still be compressed.
    const packed = await file.read(place.offset, place.length).catch(() => undefined);
    return packed !== undefined && digestOf(packed) === place.digest ? packed : undefined;
  };

const digestOf = (bytes: Uint8Array): string => hash("sha256", bytes, "hex");
