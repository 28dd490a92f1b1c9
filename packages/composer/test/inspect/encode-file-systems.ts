import { hash } from "node:crypto";
import { rawCrc32c } from "../../src/inspect/crc32c.ts";
import { fromHex, struct } from "./bytes.ts";

export interface GivenVerity {
  readonly uuid: string;
  readonly salt: string;
  readonly algorithm?: string;
  readonly dataBlocks?: number;
  readonly topBlock: Uint8Array;
}

/** A verity superblock and the topmost block of its tree, with blocks of 4096 bytes. */
export const encodeVerity = (given: GivenVerity): Uint8Array =>
  struct(
    8192,
    [0, "verity"],
    [8, 1, 4],
    [12, 1, 4],
    [16, fromHex(given.uuid)],
    [32, given.algorithm ?? "sha256"],
    [64, 4096, 4],
    [68, 4096, 4],
    [72, given.dataBlocks ?? 100, 8],
    [80, given.salt.length / 2, 2],
    [88, fromHex(given.salt)],
    [4096, given.topBlock],
  );

/** The root hash of such a tree. */
export const verityRootHash = ({ salt, topBlock }: GivenVerity): string =>
  hash("sha256", Buffer.concat([fromHex(salt), struct(4096, [0, topBlock])]));

/** A directory of an EROFS image by name; a text is a link, undefined a file. */
export interface GivenDirectory {
  readonly [name: string]: GivenDirectory | string | undefined;
}

export interface GivenErofs {
  readonly uuid: string;
  readonly buildTime?: number;
  readonly incompat?: number;
  /** How directories are laid out: in whole blocks, or with the last block behind the inode. */
  readonly layout?: "plain" | "inline";
  readonly extendedInodes?: boolean;
  readonly root: GivenDirectory;
}

const BLOCK = 4096;
const META_BLOCK = 1;
/** Inodes lie this far apart, in slots of 32 bytes, so that one block of names fits behind each. */
const SLOTS = 136;

/** An EROFS image that holds nothing but directories and names, written as mkfs.erofs would write them. */
export const encodeErofs = (given: GivenErofs): Uint8Array => {
  const inodes: Uint8Array[] = [];
  const blocks: Uint8Array[] = [];
  const inode = (mode: number, data: Uint8Array): number => {
    const index = inodes.push(new Uint8Array()) - 1;
    const isInline = given.layout === "inline";
    const whole = isInline ? Math.max(0, Math.ceil(data.length / BLOCK) - 1) * BLOCK : data.length;
    const first = blocks.length;
    for (let at = 0; at < whole; at += BLOCK)
      blocks.push(struct(BLOCK, [0, data.subarray(at, Math.min(at + BLOCK, whole))]));
    const extended = given.extendedInodes === true;
    inodes[index] = new Uint8Array(
      Buffer.concat([
        struct(
          extended ? 64 : 32,
          [0, (isInline ? 4 : 0) | (extended ? 1 : 0), 2],
          [4, mode, 2],
          [8, data.length, extended ? 8 : 4],
          // Where the data blocks begin is only known once all inodes are there.
          [16, first, 4],
        ),
        isInline ? data.subarray(whole) : new Uint8Array(),
      ]),
    );
    return index * SLOTS;
  };
  const directory = (content: GivenDirectory): number => {
    const entries = Object.entries(content).map(([name, value]) => {
      const type = value === undefined ? 1 : typeof value === "string" ? 7 : 2;
      const nid =
        value === undefined
          ? inode(0o100644, new Uint8Array())
          : typeof value === "string"
            ? inode(0o120777, new Uint8Array(Buffer.from(value)))
            : directory(value);
      return { name, type, nid };
    });
    const names = [{ name: ".", type: 2, nid: 0 }, { name: "..", type: 2, nid: 0 }, ...entries];
    return inode(0o040755, encodeNames(names));
  };
  const rootNid = directory(given.root);
  const metaBlocks = Math.ceil((inodes.length * SLOTS * 32) / BLOCK);
  const dataBlock = META_BLOCK + metaBlocks;
  const image = new Uint8Array((dataBlock + blocks.length) * BLOCK);
  inodes.forEach((bytes, index) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setUint32(16, view.getUint32(16, true) + dataBlock, true);
    image.set(bytes, META_BLOCK * BLOCK + index * SLOTS * 32);
  });
  blocks.forEach((bytes, index) => image.set(bytes, (dataBlock + index) * BLOCK));
  const superblock = struct(
    BLOCK - 1024,
    [0, 0xe0f5e1e2, 4],
    [8, 1, 4],
    [12, 12, 1],
    [14, rootNid, 2],
    [16, inodes.length, 8],
    [24, given.buildTime ?? 0, 8],
    [36, dataBlock + blocks.length, 4],
    [40, META_BLOCK, 4],
    [48, fromHex(given.uuid)],
    [64, "label"],
    [80, given.incompat ?? 0, 4],
  );
  superblock.set(struct(4, [0, rawCrc32c(0xffffffff, superblock), 4]), 4);
  image.set(superblock, 1024);
  return image;
};

/** Blocks of entries, names behind them; a new block is begun when one is full. */
const encodeNames = (
  names: readonly { readonly name: string; readonly type: number; readonly nid: number }[],
): Uint8Array => {
  const blocks: Uint8Array[] = [];
  let rest = names;
  while (rest.length > 0) {
    let count = 0;
    let size = 0;
    for (const { name } of rest) {
      const more = 12 + Buffer.byteLength(name);
      if (size + more > BLOCK) break;
      size += more;
      count++;
    }
    const chosen = rest.slice(0, count);
    rest = rest.slice(count);
    let offset = count * 12;
    const block = new Uint8Array(rest.length > 0 ? BLOCK : size);
    chosen.forEach(({ name, type, nid }, index) => {
      block.set(struct(12, [0, nid, 8], [8, offset, 2], [10, type, 1]), index * 12);
      block.set(Buffer.from(name), offset);
      offset += Buffer.byteLength(name);
    });
    blocks.push(block);
  }
  return new Uint8Array(Buffer.concat(blocks));
};
