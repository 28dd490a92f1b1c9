/**
 * The two partitions of a slot while they are written. The superblocks of both are gone from the disk before the first byte of
 * data reaches it, and come back last, when everything else was read back from the disk and found to be the release: whatever
 * happens in between, nobody takes the slot for a release.
 */
import { createHash } from "node:crypto";
import type { BlockDevice, BlockDevices } from "@slipway/host";
import type { Extent, ReleaseManifest } from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import type { Report } from "./progress.ts";
import { BLOCK_BYTES, encodeVeritySuperblock, verityBytes, VerityTree } from "./verity-tree.ts";

export type SlotRelease = Pick<
  ReleaseManifest,
  "root" | "verity" | "roothash" | "salt" | "verityUuid"
>;

export interface Slot {
  readonly root: BlockDevice;
  readonly verity: BlockDevice;
}

/** What makes a file system of the image, and is written last: what any disk writes whole or not at all, around EROFS's superblock. */
export const ROOT_SUPERBLOCK: Extent = { offset: 1024, length: 512 };
const PIECE_BYTES = 1024 * 1024;

/** Opens both partitions for nobody else, and refuses what a release cannot be written to. */
export const openSlot = async (
  devices: BlockDevices,
  paths: { readonly root: string; readonly verity: string },
  release: SlotRelease,
): Promise<Slot> => {
  const root = await devices.open(paths.root);
  try {
    const verity = await devices.open(paths.verity);
    try {
      checkFits(root, release.root.size);
      checkFits(verity, release.verity.size);
      return { root, verity };
    } catch (error) {
      await verity.close();
      throw error;
    }
  } catch (error) {
    await root.close();
    throw error;
  }
};

export const closeSlot = async ({ root, verity }: Slot): Promise<void> => {
  await root.close();
  await verity.close();
};

const checkFits = ({ name, size, sectorSize }: BlockDevice, needed: number): void => {
  if (size < needed) {
    throw new ReceiverError(
      "SLOT_TOO_SMALL",
      `${name} has ${size} bytes, and the release needs ${needed}`,
      { hint: "a slot keeps its size for good: reinstall the node with larger slots" },
    );
  }
  if (BLOCK_BYTES % sectorSize !== 0 || sectorSize < 512) {
    throw new ReceiverError("WRONG_SECTOR_SIZE", `${name} has sectors of ${sectorSize} bytes`, {
      hint: `a slot has sectors of 512 to ${BLOCK_BYTES} bytes`,
    });
  }
};

/** Throws where a manifest contradicts itself: no slot could ever hold such a release. */
export const checkSizes = ({ root, verity }: SlotRelease): void => {
  if (root.size === 0 || root.size % BLOCK_BYTES !== 0 || verity.size !== verityBytes(root.size)) {
    throw new ReceiverError(
      "BAD_METADATA",
      `no hash tree of ${verity.size} bytes belongs to an image of ${root.size} bytes`,
    );
  }
};

/** Takes both superblocks off the disk; nothing else may have been written before. */
export const invalidate = async ({ root, verity }: Slot): Promise<void> => {
  await changeSuperblock(root, new Uint8Array(ROOT_SUPERBLOCK.length));
  await verity.write(new Uint8Array(BLOCK_BYTES), 0);
  await root.flush();
  await verity.flush();
};

/** Writes the sector around the superblock, in which nothing else changes: it may be torn. Gives what it wrote, and where. */
const changeSuperblock = async (
  root: BlockDevice,
  superblock: Uint8Array,
): Promise<{ readonly sector: Uint8Array; readonly offset: number }> => {
  const { sectorSize } = root;
  const offset = ROOT_SUPERBLOCK.offset - (ROOT_SUPERBLOCK.offset % sectorSize);
  const sector = new Uint8Array(sectorSize);
  await root.readInto(sector, offset);
  sector.set(superblock, ROOT_SUPERBLOCK.offset - offset);
  await root.write(sector, offset);
  return { sector, offset };
};

/** Whether the slot holds the release from the first byte to the last, as the disk itself says. */
export const holdsRelease = async (slot: Slot, release: SlotRelease): Promise<boolean> => {
  const expected = veritySuperblock(release);
  const found = new Uint8Array(expected.length);
  await slot.verity.readBack(found, 0);
  if (!Buffer.from(found).equals(expected)) return false;
  const rootHash = await readBackRoot(
    slot,
    release,
    undefined,
    async () => undefined,
    () => undefined,
  );
  if (rootHash !== release.roothash) return false;
  return (await hashVerity(slot, release, found)) === release.verity.sha256;
};

/**
 * Makes a release of an image that was written up to its superblock: reads all of it back, writes the hash tree, reads that
 * back, and only then writes both superblocks.
 * @throws ReceiverError `READ_BACK_DIFFERS`
 */
export const complete = async (
  slot: Slot,
  release: SlotRelease,
  superblock: Uint8Array,
  report: Report,
): Promise<void> => {
  const { root, verity } = slot;
  await root.flush();
  const write = (bytes: Uint8Array, offset: number): Promise<void> => verity.write(bytes, offset);
  const rootHash = await readBackRoot(slot, release, superblock, write, report);
  if (rootHash !== release.roothash) throw differs(root, "the image that was written to it");
  await verity.flush();
  const verityBlock = new Uint8Array(BLOCK_BYTES);
  verityBlock.set(veritySuperblock(release));
  if ((await hashVerity(slot, release, verityBlock)) !== release.verity.sha256) {
    throw differs(verity, "the hash tree that was written to it");
  }
  const { sector, offset } = await changeSuperblock(root, superblock);
  await flushAndCheck(root, sector, offset);
  // By this sector a slot is found to be complete.
  await verity.write(verityBlock, 0);
  await flushAndCheck(verity, verityBlock, 0);
};

const veritySuperblock = ({ verityUuid, salt, root }: SlotRelease): Uint8Array =>
  encodeVeritySuperblock({ uuid: verityUuid, salt, imageBytes: root.size });

const differs = ({ name }: BlockDevice, what: string): ReceiverError =>
  new ReceiverError("READ_BACK_DIFFERS", `${name} does not give back ${what}`, {
    hint: "the disk loses or changes what is written to it: replace it",
  });

/** The root hash of what is on the disk, with other bytes in the place of the superblock's; hands over the tree. */
const readBackRoot = async (
  { root }: Slot,
  { root: { size }, salt }: SlotRelease,
  superblock: Uint8Array | undefined,
  write: (bytes: Uint8Array, offset: number) => Promise<void>,
  report: Report,
): Promise<string> => {
  const tree = new VerityTree(salt, size);
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, size));
  for (let at = 0; at < size; at += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, size - at));
    await root.readBack(piece, at);
    if (at === 0 && superblock !== undefined) piece.set(superblock, ROOT_SUPERBLOCK.offset);
    for (const { bytes, offset } of tree.add(piece)) await write(bytes, offset);
    report(at + piece.length, size);
  }
  const { blocks, rootHash } = tree.finish();
  for (const { bytes, offset } of blocks) await write(bytes, offset);
  return rootHash;
};

/** The digest of the tree on the disk, with these bytes in the place of its first ones. */
const hashVerity = async (
  { verity }: Slot,
  { verity: { size } }: SlotRelease,
  first: Uint8Array,
): Promise<string> => {
  const digest = createHash("sha256");
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, size));
  for (let at = 0; at < size; at += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, size - at));
    await verity.readBack(piece, at);
    if (at === 0) piece.set(first);
    digest.update(piece);
  }
  return digest.digest("hex");
};

const flushAndCheck = async (
  device: BlockDevice,
  written: Uint8Array,
  offset: number,
): Promise<void> => {
  await device.flush();
  const found = new Uint8Array(written.length);
  await device.readBack(found, offset);
  if (!Buffer.from(found).equals(written)) throw differs(device, "its superblock");
};
