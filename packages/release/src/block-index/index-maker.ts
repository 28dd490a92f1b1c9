import type { Extent } from "../delta/byte-source.ts";
import { HASH_BYTES, hasLeaves, type ImageIndex, type IndexedPiece } from "./image-index.ts";
import { chunkChecks, leafHash, pieceHash } from "./leaf-hashes.ts";
import { type OpenSha256, openSha256 } from "../frames/sha256.ts";

/** What an index says of the file that it belongs to. */
export interface FramesFacts {
  readonly framesFile: ImageIndex["framesFile"];
  readonly tail: ImageIndex["tail"];
  readonly leavesOffset: number;
}

/** Makes the index of an image whose bytes go by once, in order. */
export class IndexMaker {
  readonly #pieces: readonly Extent[];
  readonly #blockSize: number;
  readonly #salt: Buffer;
  readonly #leaves: Buffer;
  readonly #made: IndexedPiece[] = [];
  #leaf = 0;
  /** Where in the image the bytes are that come next. */
  #at = 0;
  #hash: OpenSha256 = openSha256();

  /** @param salt of the image's hash tree, in hexadecimal */
  constructor(pieces: readonly Extent[], blockSize: number, salt: string) {
    this.#pieces = pieces;
    this.#blockSize = blockSize;
    this.#salt = Buffer.from(salt, "hex");
    const listed = pieces.filter(({ length }) => hasLeaves(length, blockSize));
    this.#leaves = Buffer.alloc(
      HASH_BYTES * listed.reduce((sum, { length }) => sum + length / blockSize, 0),
    );
  }

  /** Takes the bytes that come next: whole blocks. */
  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const piece = this.#pieces[this.#made.length];
      if (piece === undefined) throw new RangeError("more bytes than the pieces have");
      const end = piece.offset + piece.length;
      const part = bytes.subarray(at, at + end - this.#at);
      this.#hash.update(part);
      if (hasLeaves(piece.length, this.#blockSize)) this.#addLeaves(part);
      at += part.length;
      this.#at += part.length;
      if (this.#at === end) this.#closePiece(piece);
    }
  }

  #addLeaves(blocks: Uint8Array): void {
    for (let at = 0; at < blocks.length; at += this.#blockSize) {
      const hash = leafHash(this.#salt, blocks.subarray(at, at + this.#blockSize));
      this.#leaves.writeUIntBE(hash, this.#leaf * HASH_BYTES, HASH_BYTES);
      this.#leaf += 1;
    }
  }

  #closePiece({ offset, length }: Extent): void {
    const hash = pieceHash(this.#hash.digest());
    this.#hash = openSha256();
    const listed = hasLeaves(length, this.#blockSize);
    const firstLeaf = listed ? this.#leaf - length / this.#blockSize : undefined;
    this.#made.push({ offset, length, hash, firstLeaf });
  }

  /** All leaf hashes, as they go into the frames file. */
  leaves(): Uint8Array {
    return this.#leaves;
  }

  finish({ framesFile, tail, leavesOffset }: FramesFacts): ImageIndex {
    if (this.#made.length !== this.#pieces.length)
      throw new RangeError("bytes of pieces are missing");
    return {
      imageSize: this.#at,
      blockSize: this.#blockSize,
      pieces: this.#made,
      framesFile,
      tail,
      leaves: {
        offset: leavesOffset,
        count: this.#leaves.length / HASH_BYTES,
        salt: this.#salt.toString("hex"),
        chunkChecks: chunkChecks(this.#leaves),
      },
    };
  }
}
