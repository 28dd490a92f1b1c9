/** Releases small enough to be written thousands of times: an image of a few blocks, its hash tree, its UKI, and how they are served. */
import { createCipheriv, createHash } from "node:crypto";
import type { RepositorySource } from "@slipway/receiver";
import { type FileFacts, makeFrames, type ReleaseManifest, type Transport } from "@slipway/release";
import type { ReleaseName } from "../../src/esp/entry-name.ts";
import type { LoaderRelease } from "../../src/esp/boot-order.ts";

const BLOCK_BYTES = 4096;
const BLOCKS = 4;
export const ROOT_BYTES: number = BLOCKS * BLOCK_BYTES;
/** A superblock, and one block of hashes. */
export const VERITY_BYTES: number = 2 * BLOCK_BYTES;
const UKI_BYTES = 2600;
const SALT = "5a".repeat(32);
const IMAGE = "base";

export interface TinyRelease {
  readonly name: ReleaseName;
  readonly version: string;
  readonly roothash: string;
  readonly root: Uint8Array;
  readonly verity: Uint8Array;
  readonly uki: Uint8Array;
  readonly ukiFacts: FileFacts;
  /** What the loader reads inside the UKI. */
  readonly profiles: readonly LoaderRelease[];
  readonly manifest: ReleaseManifest;
  readonly source: RepositorySource;
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
};

const factsOf = (bytes: Uint8Array): FileFacts => ({
  size: bytes.length,
  sha256: sha256(bytes).toString("hex"),
});

/** Bytes that look random and are the same every time. */
const noise = (length: number, seed: string): Uint8Array => {
  const cipher = createCipheriv(
    "aes-128-ctr",
    sha256(Buffer.from(seed)).subarray(0, 16),
    Buffer.alloc(16),
  );
  return Uint8Array.from(cipher.update(new Uint8Array(length)));
};

const treeOf = (root: Uint8Array, uuid: string): { verity: Uint8Array; roothash: string } => {
  const salt = Buffer.from(SALT, "hex");
  const verity = Buffer.alloc(VERITY_BYTES);
  verity.write("verity", "latin1");
  verity.writeUInt32LE(1, 8);
  verity.writeUInt32LE(1, 12);
  verity.write(uuid.replaceAll("-", ""), 16, 16, "hex");
  verity.write("sha256", 32, "latin1");
  verity.writeUInt32LE(BLOCK_BYTES, 64);
  verity.writeUInt32LE(BLOCK_BYTES, 68);
  verity.writeBigUInt64LE(BigInt(BLOCKS), 72);
  verity.writeUInt16LE(salt.length, 80);
  verity.set(salt, 88);
  for (let block = 0; block < BLOCKS; block += 1) {
    const bytes = root.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
    verity.set(sha256(salt, bytes), BLOCK_BYTES + block * 32);
  }
  const roothash = sha256(salt, verity.subarray(BLOCK_BYTES)).toString("hex");
  return { verity: Uint8Array.from(verity), roothash };
};

/** A release, of which the file system's superblock is as far from random as staging looks. */
export const tinyRelease = async (version: string): Promise<TinyRelease> => {
  const root = noise(ROOT_BYTES, `root ${version}`);
  const uuid = `${version.padStart(8, "0")}-0000-4000-8000-000000000000`;
  const { verity, roothash } = treeOf(root, uuid);
  const uki = noise(UKI_BYTES, `uki ${version}`);
  uki.set(Buffer.from("MZ"));
  const carried: (Omit<Transport, "file"> & { readonly bytes: Uint8Array })[] = [];
  for (const [of, bytes] of [
    ["root", root],
    ["uki", uki],
  ] as const) {
    carried.push({ of, format: "frames-1", bytes: await framesOf(bytes) });
  }
  const blobs = new Map(carried.map(({ bytes }) => [blobPath(bytes), bytes]));
  return {
    name: { image: IMAGE, version, digest: roothash.slice(0, 8) },
    version,
    roothash,
    root,
    verity,
    uki,
    ukiFacts: factsOf(uki),
    profiles: [
      { sortKey: IMAGE, version },
      { sortKey: `${IMAGE}~recovery`, version },
    ],
    manifest: {
      image: IMAGE,
      version,
      architecture: "x86_64",
      created: 1_790_000_000,
      securityEpoch: 0,
      roothash,
      salt: SALT,
      rootUuid: uuid,
      verityUuid: uuid,
      kernelRelease: "6.12.1",
      bootEntry: `${IMAGE}_${version}_${roothash.slice(0, 8)}+3.efi`,
      root: factsOf(root),
      verity: factsOf(verity),
      uki: factsOf(uki),
      packages: factsOf(new Uint8Array(1)),
      sbom: factsOf(new Uint8Array(2)),
      minimalSlotMib: 4096,
      agent: { minimal: "0.1.0" },
      transports: carried.map(({ bytes, ...transport }) => ({
        ...transport,
        file: factsOf(bytes),
      })),
    },
    source: {
      name: "memory",
      fetch: async function* ({ path, range }) {
        const bytes = blobs.get(path);
        if (bytes === undefined) throw new Error(`${path} is not served`);
        yield range === undefined ? bytes : bytes.slice(range.offset, range.offset + range.length);
      },
    },
  };
};

const blobPath = (bytes: Uint8Array): string => {
  const digest = sha256(bytes).toString("hex");
  return `blobs/${digest.slice(0, 2)}/${digest}`;
};

const framesOf = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const written: Uint8Array[] = [];
  const source = {
    size: bytes.length,
    read: async (offset: number, length: number) => bytes.slice(offset, offset + length),
  };
  const image = { bytes: source, blockSize: BLOCK_BYTES, rootHash: "00".repeat(32), files: [] };
  await makeFrames(image, {
    write: async (piece) => {
      written.push(piece.slice());
    },
  });
  return Uint8Array.from(Buffer.concat(written));
};
