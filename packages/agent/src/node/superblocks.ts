/** What a slot says of itself: the UUIDs in its two superblocks, by which a UKI's command line finds it. */
import {
  type ByteSource,
  dashed,
  FormatError,
  hexOf,
  readRange,
  readVerity,
  type VerityTree,
} from "@slipway/release";
import type { SlotDevices } from "./facts.ts";
import { NodeError } from "./errors.ts";
import type { HostReader } from "./host-reader.ts";

export interface SlotContents {
  /** Of the root image; undefined where there is no EROFS, as staging leaves a slot that is not complete. */
  readonly dataUuid: string | undefined;
  /** The hash tree; undefined where there is none. Its topmost block is not looked at. */
  readonly verity: Omit<VerityTree, "rootHash"> | undefined;
}

/** The kernel's fs/erofs/erofs_fs.h: place of the superblock, its magic number in the order of the disk, and the UUID in it. */
const EROFS = { offset: 1024, length: 128, magic: "e2e1f5e0", uuid: 48 } as const;

/** @throws NodeError `UNREADABLE` */
export const readSlot = async (reader: HostReader, slot: SlotDevices): Promise<SlotContents> => ({
  dataUuid: await withDevice(reader, slot.root, erofsUuid),
  verity: await withDevice(reader, slot.verity, verityTree),
});

const withDevice = async <T>(
  reader: HostReader,
  { path, size }: { readonly path: string; readonly size: number },
  read: (device: ByteSource) => Promise<T>,
): Promise<T> => {
  await using device = await reader.open(path);
  if (device === undefined)
    throw new NodeError("UNREADABLE", `${path} is not there`, {
      hint: "see what became of the disk: journalctl -k",
    });
  return await read({ size, read: device.read });
};

const erofsUuid = async (device: ByteSource): Promise<string | undefined> => {
  const bytes = await readRange(device, "EROFS", "the superblock", EROFS.offset, EROFS.length);
  if (hexOf(bytes.subarray(0, 4)) !== EROFS.magic) return undefined;
  return dashed(hexOf(bytes.subarray(EROFS.uuid, EROFS.uuid + 16)));
};

const verityTree = async (device: ByteSource): Promise<VerityTree | undefined> => {
  try {
    return await readVerity(device);
  } catch (error) {
    // Of a slot that is not complete, or never was written.
    if (error instanceof FormatError) return undefined;
    throw error;
  }
};
