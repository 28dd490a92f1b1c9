import { createHash } from "node:crypto";
import type { BlockDevice } from "@slipway/host";
import type { ByteSink, FileFacts } from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import { ROOT_SUPERBLOCK } from "./slot.ts";

const BUFFER_BYTES = 1024 * 1024;

/** What an artifact is made into. */
export interface ArtifactWriter extends ByteSink {
  /** When all is written: throws where that is not what was signed. */
  readonly finish: () => Promise<void>;
}

/** A transport that made other bytes than the release has: another one may do better. */
export const notTheArtifact = (what: string): ReceiverError =>
  new ReceiverError("TAMPERED", `what was made is not the release: ${what}`);

/** Takes bytes until they are more than were signed, and in the end says whether they are the right ones. */
export class Counted {
  readonly #facts: FileFacts;
  readonly #digest = createHash("sha256");
  #length = 0;

  constructor(facts: FileFacts) {
    this.#facts = facts;
  }

  get length(): number {
    return this.#length;
  }

  take(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > this.#facts.size) throw notTheArtifact("it is too long");
    this.#digest.update(bytes);
  }

  finish(): void {
    if (this.#length < this.#facts.size) throw notTheArtifact("it is too short");
    if (this.#digest.digest("hex") !== this.#facts.sha256)
      throw notTheArtifact("its digest differs");
  }
}

/** Writes a root image from its first byte to its last, but for what makes a file system of it. */
export class ImageWriter implements ArtifactWriter {
  readonly #device: BlockDevice;
  readonly #counted: Counted;
  readonly #isRepeated: boolean;
  readonly #buffer: Uint8Array;
  #present: Uint8Array | undefined;
  #filled = 0;
  #written = 0;
  #superblock: Uint8Array | undefined;
  #rewritten = 0;

  /** `isRepeated`: much of it may be there already, and is not written again. */
  constructor(device: BlockDevice, image: FileFacts, isRepeated: boolean) {
    this.#device = device;
    this.#counted = new Counted(image);
    this.#buffer = new Uint8Array(Math.min(BUFFER_BYTES, image.size));
    this.#isRepeated = isRepeated;
  }

  /** How many bytes really had to be written. */
  get rewritten(): number {
    return this.#rewritten;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#counted.take(bytes);
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#buffer.length) await this.#flush();
    }
  }

  async finish(): Promise<void> {
    // First, lest a piece of a sector be written.
    this.#counted.finish();
    await this.#flush();
  }

  /** What was kept back; all of the image has to be written first. */
  superblock(): Uint8Array {
    if (this.#superblock === undefined) throw notTheArtifact("it has no superblock");
    return this.#superblock;
  }

  async #flush(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#filled);
    if (this.#written === 0) this.#keepBackSuperblock(bytes);
    if (bytes.length > 0 && !(await this.#isPresent(bytes))) {
      await this.#device.write(bytes, this.#written);
      this.#rewritten += bytes.length;
    }
    this.#written += bytes.length;
    this.#filled = 0;
  }

  #keepBackSuperblock(bytes: Uint8Array): void {
    const { offset, length } = ROOT_SUPERBLOCK;
    if (bytes.length < offset + length) return;
    this.#superblock = bytes.slice(offset, offset + length);
    bytes.fill(0, offset, offset + length);
  }

  async #isPresent(bytes: Uint8Array): Promise<boolean> {
    if (!this.#isRepeated) return false;
    this.#present ??= new Uint8Array(this.#buffer.length);
    const present = this.#present.subarray(0, bytes.length);
    await this.#device.readInto(present, this.#written);
    return Buffer.compare(present, bytes) === 0;
  }
}
