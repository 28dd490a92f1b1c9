import type { ByteSource } from "./byte-source.ts";
import { Pages } from "./byte-source.ts";
import { DeltaError } from "./delta-error.ts";
import type { DeltaHeader, Streams } from "./format.ts";
import {
  decodeHeader,
  forStreams,
  HEADER_BYTES,
  KIND_UNIT,
  KINDS,
  SHAPE_UNIT,
  STREAMS,
} from "./format.ts";
import { inflate } from "./inflate.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { PulledBytes } from "./pulled-bytes.ts";
import { ShapedReader } from "./shaped-reader.ts";

/** Takes the target from its first byte to its last. The bytes are used again once the promise is kept. */
export interface ByteSink {
  readonly write: (bytes: Uint8Array) => Promise<void>;
}

/** The parts of an update by delta. */
export interface ApplyDelta {
  /** The image that the delta was made for; at least as large, as a slot is. */
  readonly source: ByteSource;
  readonly delta: ByteSource;
  readonly sink: ByteSink;
  /** Told how many bytes of the target are made, after each that was written. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** How much of the source is kept in memory, beside the windows that decompress. */
const PAGES_BYTES = 4 * 1024 * 1024;

/** Reads what a delta says of itself. Throws a DeltaError; nothing of it is trusted. */
export const readDeltaHeader = async (delta: ByteSource): Promise<DeltaHeader> =>
  decodeHeader(await delta.read(0, Math.min(HEADER_BYTES, delta.size)), delta.size);

/**
 * Makes the target of the source, in order and in bounded memory, whatever the delta says. Throws a DeltaError for a delta
 * that cannot be; whether the bytes are the right ones, only the target's root hash says.
 */
export const applyDelta = async ({
  source,
  delta,
  sink,
  onProgress,
}: ApplyDelta): Promise<DeltaHeader> => {
  const header = await readDeltaHeader(delta);
  if (source.size < header.sourceSize) {
    throw new DeltaError(
      "DELTA_MISMATCH",
      `is for a source of ${header.sourceSize} bytes, and this one has ${source.size}`,
    );
  }
  const total = header.targetSize;
  const output = new OutputBuffer(async (bytes, done) => {
    await sink.write(bytes);
    onProgress?.({ done, total });
  });
  const streams = openStreams(delta, header);
  try {
    await runOperations(streams, source, header, output);
  } finally {
    for (const name of STREAMS) await streams[name].close();
  }
  return header;
};

const openStreams = (delta: ByteSource, header: DeltaHeader): Streams<PulledBytes> => {
  let offset = HEADER_BYTES;
  return forStreams((name) => {
    const stream = header.streams[name];
    const place = { offset, length: stream.packedLength };
    offset += stream.packedLength;
    return new PulledBytes(inflate(delta, place, stream, name), name);
  });
};

const runOperations = async (
  streams: Streams<PulledBytes>,
  source: ByteSource,
  { sourceSize, targetSize }: DeltaHeader,
  output: OutputBuffer,
): Promise<void> => {
  const { operations, differences, insertions } = streams;
  const pages = new Pages(source, PAGES_BYTES);
  const shaped = new ShapedReader(pages, streams);
  let place = 0;
  let hasSought = false;
  while (output.made < targetSize) {
    const operation = operations.heldNumber() ?? (await operations.number());
    const kind = operation % KIND_UNIT;
    const value = Math.floor(operation / KIND_UNIT);
    if (kind === KINDS.seek) {
      // Were it not for this, operations that make nothing could go on for long.
      if (hasSought) throw new DeltaError("DELTA_INVALID", "seeks twice");
      hasSought = true;
      place += value % 2 === 1 ? -Math.floor(value / 2) : value / 2;
      if (place < 0 || place > sourceSize) {
        throw new DeltaError("DELTA_INVALID", `seeks ${place} in a source of ${sourceSize} bytes`);
      }
      continue;
    }
    hasSought = false;
    const size = kind === KINDS.shaped ? Math.floor(value / SHAPE_UNIT) : value;
    checkLength(kind, size, targetSize - output.made);
    if (kind !== KINDS.insert && place + size > sourceSize) {
      throw new DeltaError(
        "DELTA_INVALID",
        `takes ${size} bytes at ${place} of a source of ${sourceSize}`,
      );
    }
    if (kind === KINDS.shaped) {
      await output.append(await shaped.make(value % SHAPE_UNIT, place, size, output.made));
      place += size;
      continue;
    }
    for (let left = size; left > 0;) {
      const room = output.heldRoom(left) ?? (await output.room(left));
      let length = room.length;
      if (kind === KINDS.insert) {
        length = (insertions.held() ?? (await insertions.more())).copyTo(room);
      } else {
        const page = pages.held(place) ?? (await pages.load(place));
        length = Math.min(length, page.length);
        room.set(length === page.length ? page : page.subarray(0, length));
        if (kind === KINDS.add) {
          const added = differences.held() ?? (await differences.more());
          length = added.addTo(room.subarray(0, length));
        }
        place += length;
      }
      output.advance(length);
      left -= length;
    }
  }
  await output.flush();
  shaped.expectEnd();
  for (const name of STREAMS) await streams[name].expectEnd();
};

const checkLength = (kind: number, size: number, left: number): void => {
  if (kind > KINDS.shaped)
    throw new DeltaError("DELTA_INVALID", `has an operation of kind ${kind}`);
  if (size === 0 || size > left) {
    throw new DeltaError("DELTA_INVALID", `would make ${size} bytes where ${left} are left`);
  }
};
