import type { ByteSource, Extent } from "../delta/byte-source.ts";
import type { ImageIndex } from "../block-index/image-index.ts";
import type { Frame } from "../frames/frame-table.ts";

/** An image that the node has, or had: something to copy from. */
export interface Seed {
  readonly index: ImageIndex;
  /** The leaf level of its hash tree: 32 bytes for each block, in order. Without it only whole pieces are found. */
  readonly leaves?: ByteSource;
  /** What was in the target before: nothing is copied from it, but what is where it should be stays. Default: false. */
  readonly isTarget?: boolean;
}

/** What bytes must be held against as they are copied: that a seed lists them does not mean that it has them. */
export type Check =
  /** The first 48 bits of the SHA-256 of all of them. */
  | { readonly by: "piece"; readonly hash: number }
  /** For each block the first 48 bits of the SHA-256 of salt and block. */
  | { readonly by: "blocks"; readonly hashes: readonly number[] };

/** Bytes of a seed that belong into the target. */
export interface Copy {
  readonly kind: "copy";
  /** Its number in the list of seeds. */
  readonly seed: number;
  /** Where in the seed. */
  readonly source: number;
  /** Where in the target. */
  readonly target: number;
  /** No limit where the check is by piece; at most `MAX_BLOCK_COPY_BYTES` where it is by blocks. */
  readonly length: number;
  readonly check: Check;
}

/** Bytes that are in their place already, unless the check says otherwise. */
export interface Keep {
  readonly kind: "keep";
  readonly target: number;
  readonly length: number;
  readonly check: Check;
}

export interface Zero {
  readonly kind: "zero";
  readonly target: number;
  readonly length: number;
}

export type Operation = Copy | Keep | Zero;

/** One request for bytes of the frames file: frames that follow each other, all of which are unpacked and written. */
export interface Fetch extends Extent {
  readonly frames: readonly Frame[];
}

/**
 * How a target is made. Operations and fetches write different bytes, so that their order is free; each is in the target's order.
 * Together with what was done before, they make all of the target.
 */
export interface Plan {
  readonly operations: readonly Operation[];
  readonly fetches: readonly Fetch[];
  /** In bytes: `fetched` of the frames file, the others of the target. */
  readonly bytes: {
    readonly fetched: number;
    readonly copied: number;
    readonly kept: number;
    readonly zeroed: number;
    /** Was done before. */
    readonly done: number;
  };
}

/** What an executor reads, checks and writes in one go. */
export const MAX_BLOCK_COPY_BYTES: number = 2 ** 20;
