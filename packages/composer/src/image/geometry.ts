/** Sizes on the disk, fixed for an image's whole life (the on-disk contract). Pure. */
import { ComposerError } from "../errors.ts";

export const MIB: number = 1024 * 1024;

/** Of data and hash blocks of the verity tree, and of the root's file system. */
export const BLOCK_BYTES = 4096;

/** Of the EFI system partition. */
export const ESP_MIB = 1024;

const HASHES_PER_BLOCK = BLOCK_BYTES / 32;

/** Bytes of a verity superblock and tree (version 1, SHA-256) over `dataBytes`, a multiple of `BLOCK_BYTES`. */
export const verityBytes = (dataBytes: number): number => {
  let blocks = dataBytes / BLOCK_BYTES;
  let total = 1; // the superblock's block
  while (blocks > 1) {
    blocks = Math.ceil(blocks / HASHES_PER_BLOCK);
    total += blocks;
  }
  return total * BLOCK_BYTES;
};

/** Size of the verity partition that fits a full slot, rounded up to whole MiB. */
export const verityPartitionMib = (slotSizeMib: number): number =>
  Math.ceil(verityBytes(slotSizeMib * MIB) / MIB);

/** What is left of a slot for later releases, as a share of the slot from 0 to 1. */
export const headroom = (rootBytes: number, slotSizeMib: number): number =>
  1 - rootBytes / (slotSizeMib * MIB);

/** Below this share of headroom a build warns: a slot cannot grow later. */
export const LEAST_HEADROOM = 0.2;

/** @throws ComposerError `SLOT_TOO_SMALL` when a root of `rootBytes` does not fit a slot. */
export const requireFit = (rootBytes: number, slotSizeMib: number): void => {
  if (rootBytes <= slotSizeMib * MIB) return;
  const needed = Math.ceil(rootBytes / MIB);
  throw new ComposerError(
    "SLOT_TOO_SMALL",
    `the root needs ${needed} MiB and a slot has ${slotSizeMib} MiB`,
    {
      hint: `set image.slot_size_mib to ${Math.ceil(needed / (1 - LEAST_HEADROOM) / 256) * 256} or more (it is for the product's life), or remove packages`,
    },
  );
};
