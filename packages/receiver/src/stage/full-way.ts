import { type ByteSink, type ByteSource, type RankedWay, readFrameTable } from "@slipway/release";
import { fetchFile } from "./fetched-file.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Way } from "./way.ts";

/** An artifact made of all its frames: needs nothing but them. */
export const fullWay = ({ transport: { of, file } }: RankedWay): Way => ({
  of,
  name: "full image",
  file: file.sha256,
  prepare: async (context) => {
    const frames = await fetchFile(context, file);
    return { make: (sink) => unpackAll(frames, sink), close: () => frames.close() };
  },
});

const unpackAll = async (file: ByteSource, sink: ByteSink): Promise<void> => {
  const { frames } = await readFrameTable(file);
  const reader = new FrameReader(file);
  for (const frame of frames) await sink.write(await reader.read(frame, frame.packedOffset));
};
