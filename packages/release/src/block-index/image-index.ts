import { ByteList } from "../delta/byte-list.ts";
import type { Extent } from "../delta/byte-source.ts";
import { MAX_IMAGE_BYTES } from "../frames/frame-table.ts";
import { NumberReader } from "../frames/number-reader.ts";
import { pack, unpack } from "../frames/pack.ts";
import { TransportError } from "../frames/transport-error.ts";

/** A run of an image by what is in it: a file, or what lies between files. */
export interface IndexedPiece extends Extent {
  /** The first 48 bits of the SHA-256 of its bytes. */
  readonly hash: number;
  /** Which leaf hash is that of its first block; those of the others follow. Undefined where a piece has none. */
  readonly firstLeaf: number | undefined;
}

/**
 * What an image is made of. A node fetches it whole, holds it against the digest in the manifest, and keeps it for as long as it
 * keeps the image: then the same index says what there is to copy from.
 */
export interface ImageIndex {
  readonly imageSize: number;
  /** Pieces begin at multiples of it. 1 for an image that is not made of blocks; such has no leaf hashes. */
  readonly blockSize: number;
  /** In the image's order, of which they leave nothing out. */
  readonly pieces: readonly IndexedPiece[];
  /** The file from which everything else is fetched. */
  readonly framesFile: { readonly size: number; readonly sha256: string };
  /** Table and footer of the frames file, and their SHA-256 in hexadecimal. */
  readonly tail: Extent & { readonly sha256: string };
  readonly leaves: LeafHashes;
}

/** Truncated leaf hashes of the image's hash tree, as the frames file has them, of each piece with more than one block. */
export interface LeafHashes {
  /** Where in the frames file they begin. */
  readonly offset: number;
  /** How many there are. */
  readonly count: number;
  /** Of the hash tree, in hexadecimal. */
  readonly salt: string;
  /** For each chunk of `LEAVES_IN_CHUNK` of them, the first 32 bits of the SHA-256 of its bytes. */
  readonly chunkChecks: readonly number[];
}

/**
 * How much of a hash is kept. Two releases have some 2^18 blocks on the node and 2^15 unknown ones, so that the wrong block is
 * taken once in 2^15 updates; the root hash finds that out, and the node fetches everything.
 */
export const HASH_BYTES = 6;
export const LEAVES_IN_CHUNK = 128;

const MAGIC = "SLPINDEX";
const VERSION = 1;
const HEADER_BYTES = 192;
/** Of an index file, and of what is in it once unpacked: it is in memory as a whole, and that of an image of 4 GiB has some 300 kB. */
export const MAX_INDEX_BYTES: number = 16 * 2 ** 20;
const MAX_PIECES = 2 ** 20;
const SALT_BYTES = 32;
const NUMBER_BYTES = 8;

export const encodeIndex = (index: ImageIndex): Uint8Array => {
  const body = encodeBody(index);
  const packed = pack(body);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, "latin1");
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(index.blockSize, 12);
  header.writeBigUInt64LE(BigInt(index.imageSize), 16);
  header.writeBigUInt64LE(BigInt(index.framesFile.size), 24);
  header.write(index.framesFile.sha256, 32, 32, "hex");
  header.writeBigUInt64LE(BigInt(index.tail.offset), 64);
  header.write(index.tail.sha256, 72, 32, "hex");
  header.writeBigUInt64LE(BigInt(index.leaves.offset), 104);
  header.writeUInt32LE(index.leaves.count, 112);
  header.write(index.leaves.salt, 116, SALT_BYTES, "hex");
  header.writeUInt32LE(index.pieces.length, 148);
  header.writeUInt32LE(body.length, 152);
  return Buffer.concat([header, packed]);
};

const encodeBody = ({ pieces, blockSize, leaves }: ImageIndex): Uint8Array => {
  const body = new ByteList();
  for (const { length } of pieces) body.pushNumber(Math.ceil(length / blockSize));
  const hashes = Buffer.alloc(pieces.length * HASH_BYTES);
  for (const [i, { hash }] of pieces.entries())
    hashes.writeUIntBE(hash, i * HASH_BYTES, HASH_BYTES);
  body.append(hashes);
  const checks = Buffer.alloc(leaves.chunkChecks.length * 4);
  for (const [i, check] of leaves.chunkChecks.entries()) checks.writeUInt32BE(check, i * 4);
  body.append(checks);
  return body.view();
};

/**
 * Reads an index. The caller has held its bytes against a signed digest, and holds its `imageSize` against the manifest's size before making room
 * for anything of that size; what it says is bounded all the same. Throws a TransportError.
 */
export const decodeIndex = (file: Uint8Array): ImageIndex => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < HEADER_BYTES || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw new TransportError("TRANSPORT_NOT_THIS", "index: does not begin as an index does");
  }
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) {
    throw new TransportError(
      "TRANSPORT_UNSUPPORTED",
      `index: of version ${version}, known is ${VERSION}`,
    );
  }
  const blockSize = bytes.readUInt32LE(12);
  if (blockSize < 1 || blockSize > 65_536 || (blockSize & (blockSize - 1)) !== 0) {
    throw invalid(`blocks of ${blockSize} bytes`);
  }
  const imageSize = readLength(bytes, 16, MAX_IMAGE_BYTES, "size of the image");
  const framesSize = readLength(bytes, 24, MAX_IMAGE_BYTES, "size of the frames file");
  const tailOffset = readLength(bytes, 64, framesSize, "place of the table");
  const leavesOffset = readLength(bytes, 104, tailOffset, "place of the leaf hashes");
  const leafCount = bytes.readUInt32LE(112);
  if (leavesOffset + leafCount * HASH_BYTES !== tailOffset) {
    throw invalid(`${leafCount} leaf hashes do not fill the room between frames and table`);
  }
  if (leafCount > 0 && imageSize % blockSize !== 0) {
    throw invalid(`leaf hashes of an image of ${imageSize} bytes, which is not whole blocks`);
  }
  const pieceCount = bytes.readUInt32LE(148);
  if (pieceCount > MAX_PIECES) throw invalid(`${pieceCount} pieces, at most ${MAX_PIECES} can be`);
  const chunks = Math.ceil(leafCount / LEAVES_IN_CHUNK);
  const bodyLength = bytes.readUInt32LE(152);
  const mostBytes = pieceCount * (NUMBER_BYTES + HASH_BYTES) + chunks * 4;
  if (bodyLength > Math.min(mostBytes, MAX_INDEX_BYTES)) {
    throw invalid(`a body of ${bodyLength} bytes for ${pieceCount} pieces`);
  }
  const body = new NumberReader(
    unpack(bytes.subarray(HEADER_BYTES), bodyLength, "index: the list of pieces"),
    "index: the list of pieces",
  );
  const pieces = decodePieces(body, pieceCount, { blockSize, imageSize, leafCount });
  const checks = Buffer.from(body.bytes(chunks * 4));
  body.expectEnd();
  return {
    imageSize,
    blockSize,
    pieces,
    framesFile: { size: framesSize, sha256: bytes.toString("hex", 32, 64) },
    tail: {
      offset: tailOffset,
      length: framesSize - tailOffset,
      sha256: bytes.toString("hex", 72, 104),
    },
    leaves: {
      offset: leavesOffset,
      count: leafCount,
      salt: bytes.toString("hex", 116, 116 + SALT_BYTES),
      chunkChecks: Array.from({ length: chunks }, (_, i) => checks.readUInt32BE(i * 4)),
    },
  };
};

/** Whether the leaf hashes of a piece are listed: where it has one block, its hash says as much. */
export const hasLeaves = (length: number, blockSize: number): boolean =>
  blockSize > 1 && length > blockSize;

const decodePieces = (
  body: NumberReader,
  count: number,
  facts: { readonly blockSize: number; readonly imageSize: number; readonly leafCount: number },
): readonly IndexedPiece[] => {
  const lengths = Array.from({ length: count }, () => body.next());
  const hashes = Buffer.from(body.bytes(count * HASH_BYTES));
  const { blockSize, imageSize, leafCount } = facts;
  const pieces: IndexedPiece[] = [];
  let [offset, leaf] = [0, 0];
  for (const [i, units] of lengths.entries()) {
    const length = Math.min(units * blockSize, imageSize - offset);
    if (length <= 0 || units > Math.ceil((imageSize - offset) / blockSize)) {
      throw invalid(`piece ${i} would have ${units * blockSize} bytes of ${imageSize - offset}`);
    }
    const hash = hashes.readUIntBE(i * HASH_BYTES, HASH_BYTES);
    const listed = leafCount > 0 && hasLeaves(length, blockSize);
    pieces.push({ offset, length, hash, firstLeaf: listed ? leaf : undefined });
    if (listed) leaf += Math.ceil(length / blockSize);
    offset += length;
  }
  if (offset !== imageSize) throw invalid(`its pieces make ${offset} bytes of ${imageSize}`);
  if (leaf !== leafCount)
    throw invalid(`its pieces have ${leaf} leaf hashes, it says ${leafCount}`);
  return pieces;
};

const readLength = (bytes: Buffer, at: number, most: number, what: string): number => {
  const value = Number(bytes.readBigUInt64LE(at));
  if (value > most) throw invalid(`the ${what} would be ${value}, at most ${most} can be`);
  return value;
};

const invalid = (message: string): TransportError =>
  new TransportError("TRANSPORT_INVALID", `index: ${message}`);
