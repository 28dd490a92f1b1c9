/** Blocks of a release that rot on the disk of a node which is switched off. */
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import path from "node:path";
import { flipBit } from "./node-disk.ts";

/** A line of prepare-node, which the initrd runs from the root before anything of the root's could complain. */
const READ_EARLY = "# Gives the node its /var and its /etc.";

/** Inverts a bit of what every boot of a release reads first. The first block would be too much: without it the device is never there. */
export const rotEarly = async (disk: string, slot: string, release: string): Promise<void> =>
  flipBit(disk, slot, await placeOf(path.join(release, "root.erofs"), READ_EARLY));

/** Where an uncompressed image has a text. */
const placeOf = async (image: string, text: string): Promise<number> => {
  let offset = 0;
  let before = Buffer.alloc(0);
  for await (const piece of createReadStream(image, { highWaterMark: 1024 * 1024 })) {
    assert.ok(Buffer.isBuffer(piece));
    const window = Buffer.concat([before, piece]);
    const found = window.indexOf(text);
    if (found !== -1) return offset + found;
    before = window.subarray(Math.max(0, window.length - text.length));
    offset += window.length - before.length;
  }
  return assert.fail(`${image} does not have: ${text}`);
};
