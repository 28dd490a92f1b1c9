/** What tests of frames files have in common. */
import { encodeTail, type Frame } from "../../src/frames/frame-table.ts";
import { frameCheck } from "../../src/frames/read-frames.ts";
import { TransportError } from "../../src/index.ts";

/** The code of the TransportError that something ends with, or `taken` when it does not. */
export const codeOf = async (act: () => Promise<unknown>): Promise<string> => {
  try {
    await act();
    return "taken";
  } catch (error) {
    if (error instanceof TransportError) return error.code;
    throw error;
  }
};

/** A frames file of these frames, each with the length that it is said to unpack to; its table counts in units of so many bytes. */
export const forge = (
  imageSize: number,
  parts: readonly (readonly [number, Uint8Array])[],
  unit = 1,
): Buffer => {
  const frames: Frame[] = [];
  let [offset, packedOffset] = [0, 0];
  for (const [length, packed] of parts) {
    const packedLength = packed.length;
    frames.push({ offset, length, packedOffset, packedLength, check: frameCheck(packed) });
    offset += length;
    packedOffset += packedLength;
  }
  const table = { imageSize, frames, leavesOffset: packedOffset, leavesLength: 0 };
  return Buffer.concat([...parts.map(([, packed]) => packed), encodeTail(table, unit)]);
};
