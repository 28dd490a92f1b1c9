/** Small releases made in memory: two root images that differ a little, their hash trees, their UKIs, and deltas between them. */
import { createCipheriv, createHash } from "node:crypto";
import {
  type ByteSource,
  type Image,
  makeDelta,
  makeFrames,
  type ReleaseManifest,
  type Transport,
} from "@slipway/release";
import type { Seed } from "@slipway/receiver";
import { encodeVeritySuperblock, verityBytes, VerityTree } from "../../src/stage/verity-tree.ts";

const BLOCK_BYTES = 4096;
const SALT = "5a".repeat(32);
const EROFS_MAGIC = 0xe0f5_e1e2;

export const sha256 = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/** Bytes that look random and are the same every time. */
export const noise = (length: number, seed: number): Uint8Array => {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  return Uint8Array.from(cipher.update(new Uint8Array(length)));
};

export const sourceOf = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => Uint8Array.from(bytes.subarray(offset, offset + length)),
});

/** A root image and what belongs to it. */
export interface BuiltImage {
  readonly root: Uint8Array;
  readonly verity: Uint8Array;
  readonly roothash: string;
  readonly uuid: string;
  readonly uki: Uint8Array;
}

/** An image with an EROFS superblock where it belongs, and the tree of it. */
export const imageFrom = (content: Uint8Array, uki: Uint8Array, uuid: string): BuiltImage => {
  const root = content.slice();
  new DataView(root.buffer).setUint32(1024, EROFS_MAGIC, true);
  const verity = new Uint8Array(verityBytes(root.length));
  const tree = new VerityTree(SALT, root.length);
  const before = tree.add(root);
  const { blocks, rootHash } = tree.finish();
  for (const { bytes, offset } of [...before, ...blocks]) verity.set(bytes, offset);
  verity.set(encodeVeritySuperblock({ uuid, salt: SALT, imageBytes: root.length }));
  return { root, verity, roothash: rootHash, uuid, uki };
};

/** Two images of so many blocks: in the newer one, a block in the middle is another, and one has moved. */
export const imagePair = (blocks: number, ukiBytes: number): readonly [BuiltImage, BuiltImage] => {
  const older = noise(blocks * BLOCK_BYTES, 1);
  const newer = older.slice();
  const middle = Math.floor(blocks / 2) * BLOCK_BYTES;
  newer.set(noise(BLOCK_BYTES, 2), middle);
  newer.copyWithin((blocks - 1) * BLOCK_BYTES, BLOCK_BYTES, 2 * BLOCK_BYTES);
  const uki = noise(ukiBytes, 3);
  const newerUki = uki.slice();
  newerUki.set(noise(100, 4), Math.floor(ukiBytes / 2));
  return [
    imageFrom(older, uki, "11111111-1111-1111-1111-111111111111"),
    imageFrom(newer, newerUki, "22222222-2222-2222-2222-222222222222"),
  ];
};

/** A release as a repository serves it. */
export interface ServedRelease {
  readonly manifest: ReleaseManifest;
  /** By path. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

const facts = (bytes: Uint8Array) => ({ size: bytes.length, sha256: sha256(bytes) });

/** Files of two blocks, so that an index has pieces to find, and blocks in them. */
const FILE_BYTES = 2 * BLOCK_BYTES;

const imageOf = (bytes: Uint8Array): Image & { readonly rootHash: string } => ({
  bytes: sourceOf(bytes),
  blockSize: BLOCK_BYTES,
  rootHash: "00".repeat(32),
  files: Array.from({ length: Math.floor(bytes.length / FILE_BYTES) }, (_, i) => ({
    path: `/file-${i}`,
    extents: [{ offset: i * FILE_BYTES, length: FILE_BYTES }],
  })),
});

type Carried = Omit<Transport, "file"> & { readonly bytes: Uint8Array };

const deltaOf = async (
  of: Transport["of"],
  from: Uint8Array,
  to: Uint8Array,
): Promise<Carried> => ({
  of,
  format: "delta-1",
  from: { version: "1", sha256: sha256(from) },
  bytes: await makeDelta(imageOf(from), imageOf(to)),
});

/** A frames file, and the index of the same image. */
export const framesOf = async (
  of: Transport["of"],
  image: Uint8Array,
): Promise<readonly [frames: Carried, index: Carried]> => {
  const written: Uint8Array[] = [];
  const sink = {
    write: async (bytes: Uint8Array) => {
      written.push(bytes.slice());
    },
  };
  const { index } = await makeFrames(imageOf(image), sink, of === "root" ? { salt: SALT } : {});
  return [
    { of, format: "frames-1", bytes: Buffer.concat(written) },
    { of, format: "index-1", bytes: index },
  ];
};

/** The newer image as a release with all transports, deltas from the older one among them. */
export const servedRelease = async (
  older: BuiltImage,
  newer: BuiltImage,
): Promise<ServedRelease> => {
  const carried = [
    await deltaOf("root", older.root, newer.root),
    await deltaOf("uki", older.uki, newer.uki),
    ...(await framesOf("root", newer.root)),
    ...(await framesOf("uki", newer.uki)),
  ];
  const blobs = new Map(
    carried.map(({ bytes }) => {
      const digest = sha256(bytes);
      return [`blobs/${digest.slice(0, 2)}/${digest}`, Uint8Array.from(bytes)] as const;
    }),
  );
  const manifest: ReleaseManifest = {
    image: "base",
    version: "2",
    architecture: "x86_64",
    created: 1_790_000_000,
    securityEpoch: 0,
    roothash: newer.roothash,
    salt: SALT,
    rootUuid: newer.uuid,
    verityUuid: newer.uuid,
    kernelRelease: "6.12.1",
    bootEntry: "base_2_abcd1234+3.efi",
    root: facts(newer.root),
    verity: facts(newer.verity),
    uki: facts(newer.uki),
    packages: facts(new Uint8Array(1)),
    sbom: facts(new Uint8Array(2)),
    minimalSlotMib: 4096,
    agent: { minimal: "0.1.0" },
    transports: carried.map(({ bytes, ...transport }) => ({ ...transport, file: facts(bytes) })),
  };
  return { manifest, blobs };
};

/** A release that leaves a node no choice. */
export const onlyBy = (
  { manifest, blobs }: ServedRelease,
  ...formats: readonly string[]
): ServedRelease => ({
  blobs,
  manifest: {
    ...manifest,
    transports: manifest.transports.filter(({ format }) => formats.includes(format)),
  },
});

export const seedsFrom = ({ root, uki }: BuiltImage): readonly Seed[] => [
  { of: "root", sha256: sha256(root), bytes: sourceOf(root) },
  { of: "uki", sha256: sha256(uki), bytes: sourceOf(uki) },
];

/** With their indexes, as they are kept with a slot. */
export const indexedSeedsFrom = async (image: BuiltImage): Promise<readonly Seed[]> => {
  const [root, uki] = seedsFrom(image);
  const [, rootIndex] = await framesOf("root", image.root);
  const [, ukiIndex] = await framesOf("uki", image.uki);
  return [
    ...(root === undefined
      ? []
      : [{ ...root, index: sourceOf(rootIndex.bytes), verity: sourceOf(image.verity) }]),
    ...(uki === undefined ? [] : [{ ...uki, index: sourceOf(ukiIndex.bytes) }]),
  ];
};
