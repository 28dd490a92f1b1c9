import {
  type ByteSink,
  type ByteSource,
  type RankedWay,
  readFrameTable,
  unpackFrame,
} from "@slipway/release";
import { fetchFile } from "./fetched-file.ts";
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
  for (const frame of frames) {
    const packed = await file.read(frame.packedOffset, frame.packedLength);
    await sink.write(unpackFrame(frame, packed));
  }
};
