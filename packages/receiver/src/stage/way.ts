import type { ByteSink, ByteSource, Transport } from "@slipway/release";
import type { FetchContext } from "./fetched-file.ts";

/** An image that the node has. What is in it is not relied on: a hash decides in the end. */
export interface Seed {
  readonly of: Transport["of"];
  /** Of the artifact as its release's manifest gives it. */
  readonly sha256: string;
  /** At least as large as the artifact, as a slot is. */
  readonly bytes: ByteSource;
  /** The index file of its release, if it was kept. */
  readonly index?: ByteSource;
  /** Its hash tree with the superblock, as the slot has it. */
  readonly verity?: ByteSource;
}

/** One way to make an artifact. */
export interface Way {
  readonly of: Transport["of"];
  /** For people: `delta from 1.4`. */
  readonly name: string;
  /** The file by which the way is remembered when it leads nowhere. */
  readonly file: string;
  /** Fetches what the way needs. */
  readonly prepare: (context: FetchContext) => Promise<Recipe>;
}

/** A way of which everything is at hand. */
export interface Recipe {
  /** Makes the artifact from its first byte to its last. */
  readonly make: (sink: ByteSink) => Promise<void>;
  readonly close: () => Promise<void>;
}
