import { HASH_BYTES, type ImageIndex } from "../block-index/image-index.ts";
import { pieceHash } from "../block-index/leaf-hashes.ts";
import type { Check } from "./plan.ts";
import { type OpenSha256, openSha256 } from "../frames/sha256.ts";

/** Holds bytes, as they are copied, against what the target's index says of them. */
export class CopyChecker {
  readonly #check: Check;
  readonly #salt: Buffer;
  readonly #blockSize: number;
  #hash: OpenSha256;
  /** Of the open block. */
  #filled = 0;
  #blocks = 0;
  #isWrong = false;

  constructor({ leaves, blockSize }: ImageIndex, check: Check) {
    this.#check = check;
    this.#salt = Buffer.from(leaves.salt, "hex");
    this.#blockSize = blockSize;
    this.#hash = this.#open();
  }

  /** Takes the bytes that come next, as many as are at hand. */
  update(bytes: Uint8Array): void {
    if (this.#check.by === "piece") {
      this.#hash.update(bytes);
      return;
    }
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + this.#blockSize - this.#filled);
      this.#hash.update(part);
      at += part.length;
      this.#filled += part.length;
      if (this.#filled === this.#blockSize) this.#closeBlock(this.#check.hashes);
    }
  }

  /** Whether all bytes were the right ones. To be asked once, after the last of them. */
  isRight(): boolean {
    if (this.#check.by === "piece") return pieceHash(this.#hash.digest()) === this.#check.hash;
    return !this.#isWrong && this.#filled === 0 && this.#blocks === this.#check.hashes.length;
  }

  #open(): OpenSha256 {
    const hash = openSha256();
    return this.#check.by === "piece" ? hash : hash.update(this.#salt);
  }

  #closeBlock(expected: readonly number[]): void {
    const hash = this.#hash.digest().readUIntBE(0, HASH_BYTES);
    if (hash !== expected[this.#blocks]) this.#isWrong = true;
    this.#blocks += 1;
    this.#filled = 0;
    this.#hash = this.#open();
  }
}
