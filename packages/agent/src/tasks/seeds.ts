/**
 * What the node has that a new release can be made of: the booted release, in its slot and on the ESP. The other slot's is none, for it is written while the
 * new one is read.
 */
import { createHash } from "node:crypto";
import path from "node:path/posix";
import type { Seed } from "@slipway/receiver";
import type { ByteSource } from "@slipway/release";
import type { NodeView, SlotDevices } from "../node/facts.ts";
import { readSlot } from "../node/superblocks.ts";
import type { TaskContext } from "./context.ts";
import type { KeptReleases } from "./kept-releases.ts";

export interface OpenSeeds extends AsyncDisposable {
  readonly seeds: readonly Seed[];
}

const PIECE_BYTES = 1024 * 1024;

/**
 * Opens them. Their digests are those of the kept manifest; on a node that was installed and never upgraded there is none, and they are taken of what is
 * there, which costs a reading of the booted root. What cannot be read is no seed, and no reason to stop.
 */
export const openSeeds = async (
  { reader, places, log }: Pick<TaskContext, "reader" | "places" | "log">,
  { facts, disk }: NodeView,
  kept: KeptReleases,
): Promise<OpenSeeds> => {
  const { roothash, slot, entry } = facts.booted;
  const manifest = await kept.manifest(roothash);
  await using opened = new AsyncDisposableStack();
  const seeds: Seed[] = [];

  const device = async (place: { readonly path: string; readonly size: number }) => {
    const source = await reader.open(place.path);
    if (source === undefined) throw new Error(`${place.path} is not there`);
    // A device's own size is not known to its source.
    return { ...opened.use(source), size: place.size };
  };
  const indexOf = async (of: Seed["of"]): Promise<{ readonly index?: ByteSource }> => {
    const bytes = await kept.index(roothash, of);
    return bytes === undefined ? {} : { index: sourceOf(bytes) };
  };

  const rootSeed = async (): Promise<Seed> => {
    const devices = disk.slots[slot];
    const [root, verity] = [await device(devices.root), await device(devices.verity)];
    const size = manifest?.root.size ?? (await imageBytes(reader, devices));
    if (size > root.size) throw new Error(`${root.size} bytes of slot cannot hold its ${size}`);
    const sha256 = manifest?.root.sha256 ?? (await digestOf(root, size));
    return { of: "root", sha256, bytes: root, verity, ...(await indexOf("root")) };
  };

  const ukiSeed = async (): Promise<Seed | undefined> => {
    if (entry === undefined) return undefined;
    const source = await reader.open(path.join(places.entries, entry.file));
    if (source === undefined) return undefined;
    const bytes = opened.use(source);
    const sha256 = manifest?.uki.sha256 ?? (await digestOf(bytes, bytes.size));
    return { of: "uki", sha256, bytes, ...(await indexOf("uki")) };
  };

  for (const make of [rootSeed, ukiSeed]) {
    try {
      const seed = await make();
      if (seed !== undefined) seeds.push(seed);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log(`the booted release is of no use in making the next one: ${why}`);
    }
  }
  const owned = opened.move();
  return { seeds, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

/** The hash tree tells how many blocks it is of, and an image of ours has no others. */
const imageBytes = async (reader: TaskContext["reader"], devices: SlotDevices): Promise<number> => {
  const { verity } = await readSlot(reader, devices);
  if (verity === undefined) throw new Error(`${devices.verity.path} has no superblock`);
  return verity.dataBlocks * verity.dataBlockSize;
};

const digestOf = async (source: ByteSource, size: number): Promise<string> => {
  const digest = createHash("sha256");
  // Filled again and again: pieces of which each is another's garbage would add up to more than all else that staging takes.
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, size));
  for (let at = 0; at < size; at += PIECE_BYTES)
    digest.update(await readPiece(source, buffer.subarray(0, size - at), at));
  return digest.digest("hex");
};

const readPiece = async (
  { read, readInto }: ByteSource,
  target: Uint8Array,
  offset: number,
): Promise<Uint8Array> => {
  if (readInto === undefined) return read(offset, target.length);
  await readInto(target, offset);
  return target;
};

const sourceOf = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.slice(offset, offset + length),
});
