import type { Extent } from "../delta/byte-source.ts";
import type { Piece } from "./pieces.ts";

/** How long frames are, in bytes, by the paths of files: the first that fits counts. */
const FRAME_BYTES: readonly (readonly [RegExp, number])[] = [
  // A kernel's modules change all at once, so that nothing is lost by compressing many together.
  [/\/lib\/modules\//, 1024 * 1024],
  [/(?:)/, 32 * 1024],
];

/** The end of a large file that is no longer than this part of a frame is not made a frame of its own. */
const REST_PART = 4;

const frameBytesOf = ({ path }: Piece): number =>
  FRAME_BYTES.find(([pattern]) => pattern.test(path))?.[1] ?? 0;

/**
 * Cuts an image into frames along its pieces: small files are gathered, large ones are cut, and the frames of a large file
 * begin with it. Frames are in the image's order and make it whole.
 */
export const cutFrames = (pieces: readonly Piece[]): readonly Extent[] => {
  const frames: Extent[] = [];
  let open: { offset: number; length: number; most: number } | undefined;
  const close = (): void => {
    if (open !== undefined) frames.push({ offset: open.offset, length: open.length });
    open = undefined;
  };
  for (const piece of pieces) {
    const most = frameBytesOf(piece);
    if (open !== undefined && open.most === most && open.length + piece.length <= most) {
      open.length += piece.length;
      continue;
    }
    close();
    if (piece.length <= most) open = { offset: piece.offset, length: piece.length, most };
    else frames.push(...cutLarge(piece, most));
  }
  close();
  return frames;
};

/** The frames of a large file hold nothing of its neighbours: when those change, it need not be fetched. */
const cutLarge = ({ offset, length }: Piece, most: number): readonly Extent[] => {
  const frames: Extent[] = [];
  let at = 0;
  for (; length - at > most + most / REST_PART; at += most) {
    frames.push({ offset: offset + at, length: most });
  }
  frames.push({ offset: offset + at, length: length - at });
  return frames;
};
