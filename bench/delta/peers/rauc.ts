/**
 * RAUC's adaptive update with a block hash index. Its bundles are made for real. Installing one takes a device-mapper target and a
 * network block device, so what a node would fetch is counted from the two indexes that RAUC wrote.
 */
import { link, mkdir, open, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { deflateSync } from "node:zlib";
import { missingBlocks, touchedPieces } from "../block-index.ts";
import { type Bench, type Ground, openGround } from "../ground.ts";
import type { Outcome, Spent } from "../outcome.ts";
import type { Pair } from "../releases.ts";

const MANIFEST = `[update]
compatible=bench
version=2

[bundle]
format=verity

[image.rootfs]
filename=root.img
adaptive=block-hash-index
`;

const KEY = [
  ...(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"] as const),
  ...["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=bench", "-days", "2"],
] as const;

/** Of the bundle's file system, in which each of these is compressed by itself. */
const PIECE_BYTES = 128 * 1024;

const makeBundle = async (ground: Ground, image: "old" | "new"): Promise<Spent> => {
  await mkdir(ground.at(`bundle-${image}`));
  await link(ground.at(image), ground.at(`bundle-${image}/root.img`));
  await writeFile(ground.at(`bundle-${image}/manifest.raucm`), MANIFEST);
  return ground.spend(`make-${image}`, [
    ...(["rauc", "bundle", "--cert=cert.pem", "--key=key.pem", "--keyring=cert.pem"] as const),
    ...[`bundle-${image}`, `${image}.raucb`],
  ]);
};

const readIndex = async (ground: Ground, image: "old" | "new"): Promise<Uint8Array> => {
  const directory = `content-${image}`;
  const name = "root.img.block-hash-index";
  await ground.ask(["unsquashfs", "-no-progress", "-d", directory, `${image}.raucb`, name]);
  return readFile(ground.at(path.join(directory, name)));
};

/** Bytes of these pieces of a file as squashfs stores them: by zlib at its highest level, or as they are where that is no less. */
const packedBytes = async (file: string, pieces: readonly number[]): Promise<number> => {
  await using handle = await open(file);
  const piece = new Uint8Array(PIECE_BYTES);
  let sum = 0;
  for (const number of pieces) {
    const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, number * PIECE_BYTES);
    const packed = deflateSync(piece.subarray(0, bytesRead), { level: 9 });
    sum += Math.min(packed.length, bytesRead);
  }
  return sum;
};

export const rauc = async (bench: Bench, pair: Pair): Promise<Outcome> => {
  await using ground = await openGround(bench, pair, "rauc");
  await ground.ask(KEY);
  await makeBundle(ground, "old");
  const make = await makeBundle(ground, "new");
  const [old, now] = [await readIndex(ground, "old"), await readIndex(ground, "new")];
  const missing = missingBlocks(old, now);
  const pieces = touchedPieces(missing, PIECE_BYTES);
  const data = await packedBytes(ground.at("new"), pieces);
  const { size } = await stat(ground.at("new.raucb"));
  return {
    bytes: data + now.length,
    parts: { root: data, index: now.length },
    make,
    result: "not made",
    note: `counted, for installing takes device-mapper: RAUC's index, and the compressed 128 KiB pieces of its bundle in which one of ${missing.length} missing 4 KiB blocks lies; the bundle is ${(size / 1e6).toFixed(1)} MB`,
  };
};
