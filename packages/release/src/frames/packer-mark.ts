import { hash } from "node:crypto";
import { packFrameSync, PACKER_SETTINGS } from "./pack.ts";

const SAMPLE_LINES = 1500;
/** Lines come again after this many, as text does. */
const SAMPLE_PERIOD = 400;

/**
 * Tells packers apart that make different frames of equal bytes: its settings, and what it makes of a sample, for brotli's own releases may
 * differ too. Frames files carry it, so that frames are copied only into a file all of whose frames would be packed like them: equal images give
 * equal bytes, whatever was published before. Never 0, which is what frames files have that were made before there were marks.
 */
export const packerMark = (): number => {
  mark ??= hash(
    "sha256",
    Buffer.concat([Buffer.from(PACKER_SETTINGS), packFrameSync(sample())]),
    "buffer",
  ).readUInt32LE(0);
  return mark === 0 ? 1 : mark;
};

/** Nodes, which pack nothing, never need it. */
let mark: number | undefined;

const sample = (): Uint8Array =>
  Buffer.from(
    Array.from(
      { length: SAMPLE_LINES },
      (_, i) => `${i} ${hash("sha256", `${i % SAMPLE_PERIOD}`, "hex").slice(0, 8 + (i % 57))}\n`,
    ).join(""),
  );
