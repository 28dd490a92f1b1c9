/**
 * The dm-verity hash tree of an image, made from the image's blocks in their order: hash type 1 (salt first), SHA-256, blocks
 * of 4096 bytes, as veritysetup(8) writes it. Memory is one block a level, however large the image.
 */
import { hash } from "node:crypto";

export const BLOCK_BYTES = 4096;
const DIGEST_BYTES = 32;
const FAN_OUT: number = BLOCK_BYTES / DIGEST_BYTES;

/** A level of the tree: its blocks on the hash device, behind the superblock's. */
interface Place {
  readonly first: number;
  readonly blocks: number;
}

/** The levels from the leaves up, and how many blocks the hash device has in all. Stored from the top down. */
const placesFor = (
  dataBlocks: number,
): { readonly places: readonly Place[]; readonly blocks: number } => {
  const sizes: number[] = [];
  for (let count = dataBlocks; count > 1; sizes.push(count)) count = Math.ceil(count / FAN_OUT);
  let first = 1;
  const places: Place[] = [];
  for (const blocks of sizes.toReversed()) {
    places.push({ first, blocks });
    first += blocks;
  }
  return { places: places.toReversed(), blocks: first };
};

/** How many bytes the tree of an image has, its superblock included. */
export const verityBytes = (imageBytes: number): number =>
  placesFor(imageBytes / BLOCK_BYTES).blocks * BLOCK_BYTES;

/** A finished block of the tree. */
export interface HashBlock {
  /** In bytes, on the hash device. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Level extends Place {
  readonly bytes: Buffer;
  filled: number;
  done: number;
}

/** Takes an image block by block. */
export class VerityTree {
  readonly #levels: readonly Level[];
  /** The salt with room for a block behind it. */
  readonly #salted: Buffer;
  readonly #saltBytes: number;
  readonly #dataBlocks: number;
  #taken = 0;
  #last = "";
  #ready: HashBlock[] = [];

  /** `salt` in hexadecimal; the image has at least one block, and whole ones only. */
  constructor(salt: string, imageBytes: number) {
    if (imageBytes <= 0 || imageBytes % BLOCK_BYTES !== 0) {
      throw new RangeError(`an image of ${imageBytes} bytes`);
    }
    const saltBytes = Buffer.from(salt, "hex");
    this.#saltBytes = saltBytes.length;
    this.#salted = Buffer.alloc(saltBytes.length + BLOCK_BYTES);
    this.#salted.set(saltBytes);
    this.#dataBlocks = imageBytes / BLOCK_BYTES;
    this.#levels = placesFor(this.#dataBlocks).places.map((place) => ({
      ...place,
      bytes: Buffer.alloc(BLOCK_BYTES),
      filled: 0,
      done: 0,
    }));
  }

  /** Whole blocks of the image; gives the blocks of the tree that are finished by them. */
  add(blocks: Uint8Array): readonly HashBlock[] {
    for (let at = 0; at < blocks.length; at += BLOCK_BYTES) {
      this.#taken += 1;
      if (this.#taken > this.#dataBlocks)
        throw new RangeError("the image is longer than announced");
      this.#put(0, this.#hash(blocks.subarray(at, at + BLOCK_BYTES)));
    }
    return this.#takeReady();
  }

  /** When all of the image was added: the last blocks of the tree, and the root hash in hexadecimal. */
  finish(): { readonly blocks: readonly HashBlock[]; readonly rootHash: string } {
    if (this.#taken !== this.#dataBlocks)
      throw new RangeError("the image is shorter than announced");
    for (const [number, level] of this.#levels.entries()) {
      if (level.filled > 0) this.#emit(number, level);
    }
    return { blocks: this.#takeReady(), rootHash: this.#last };
  }

  /** As text of a character a byte: a hundred thousand buffers would cost far more than the bytes in them. */
  #hash(block: Uint8Array): string {
    this.#salted.set(block, this.#saltBytes);
    return hash("sha256", this.#salted, "latin1");
  }

  #put(number: number, digest: string): void {
    const level = this.#levels[number];
    // Above the topmost block there is the root hash alone.
    if (level === undefined) {
      this.#last = Buffer.from(digest, "latin1").toString("hex");
      return;
    }
    level.bytes.write(digest, level.filled, "latin1");
    level.filled += DIGEST_BYTES;
    if (level.filled === BLOCK_BYTES) this.#emit(number, level);
  }

  #emit(number: number, level: Level): void {
    const bytes = Buffer.from(level.bytes);
    this.#ready.push({ offset: (level.first + level.done) * BLOCK_BYTES, bytes });
    level.done += 1;
    level.filled = 0;
    level.bytes.fill(0);
    this.#put(number + 1, this.#hash(bytes));
  }

  #takeReady(): readonly HashBlock[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

export interface VerityFacts {
  /** As RFC 9562 prints it. */
  readonly uuid: string;
  /** In hexadecimal. */
  readonly salt: string;
  /** Of the image. */
  readonly imageBytes: number;
}

export const SUPERBLOCK_BYTES = 512;

/** The superblock of the hash device (cryptsetup's "DMVerity" page): the first of its bytes, all others of its block are zero. */
export const encodeVeritySuperblock = ({ uuid, salt, imageBytes }: VerityFacts): Uint8Array => {
  const bytes = Buffer.alloc(SUPERBLOCK_BYTES);
  bytes.write("verity", "latin1");
  bytes.writeUInt32LE(1, 8);
  bytes.writeUInt32LE(1, 12);
  bytes.write(uuid.replaceAll("-", ""), 16, 16, "hex");
  bytes.write("sha256", 32, "latin1");
  bytes.writeUInt32LE(BLOCK_BYTES, 64);
  bytes.writeUInt32LE(BLOCK_BYTES, 68);
  bytes.writeBigUInt64LE(BigInt(imageBytes / BLOCK_BYTES), 72);
  bytes.writeUInt16LE(salt.length / 2, 80);
  bytes.write(salt, 88, "hex");
  return bytes;
};
