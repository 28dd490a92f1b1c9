/** A root image as a tree of files, read where it is asked for. */
import { type ByteSource, FormatError } from "@slipway/release";
import { cachedSource } from "../inspect/cached-source.ts";
import { type ErofsName, readErofsDirectory } from "../inspect/erofs-directory.ts";
import {
  dataExtents,
  type ErofsInode,
  type Extent,
  readErofsData,
  readErofsInode,
} from "../inspect/erofs-inode.ts";
import { readErofs } from "../inspect/erofs.ts";
import { readErofsXattrs } from "../inspect/erofs-xattrs.ts";

export interface RootTree {
  readonly rootNid: number;
  readonly inode: (nid: number) => Promise<ErofsInode>;
  /** In the order of the image, without `.` and `..`. */
  readonly list: (nid: number) => Promise<readonly ErofsName[]>;
  readonly linkTarget: (inode: ErofsInode) => Promise<string>;
  readonly xattrs: (inode: ErofsInode) => Promise<Readonly<Record<string, string>>>;
  readonly extents: (inode: ErofsInode) => readonly Extent[];
  /** The inode at an absolute path; undefined when there is none. Links are not followed. */
  readonly find: (path: string) => Promise<ErofsInode | undefined>;
  /** The text of a file; undefined when there is no file at this path. */
  readonly text: (path: string) => Promise<string | undefined>;
}

/** PATH_MAX of Linux. */
const LONGEST_TARGET = 4096;

/** @throws FormatError when it is no EROFS image, or one of a kind that our builds do not make. */
export const openRootTree = async (file: ByteSource): Promise<RootTree> => {
  const superblock = await readErofs(file);
  const { rootNid, features } = superblock;
  // Its block numbers are wider than this reader takes them for.
  if (features.includes("48-bit")) throw new FormatError("UNSUPPORTED", "EROFS", "48-bit layout");
  const cached = cachedSource(file);
  const inode = (nid: number): Promise<ErofsInode> => readErofsInode(cached, superblock, nid);
  const list = (nid: number): Promise<readonly ErofsName[]> =>
    readErofsDirectory(cached, superblock, nid);
  const find = async (path: string): Promise<ErofsInode | undefined> => {
    let found = await inode(rootNid);
    for (const component of path.split("/").filter((name) => name !== "")) {
      if (found.type !== "directory") return undefined;
      const next = (await list(found.nid)).find(({ name }) => name === component);
      if (next === undefined) return undefined;
      found = await inode(next.nid);
    }
    return found;
  };
  const text = async (path: string): Promise<string | undefined> => {
    const found = await find(path);
    if (found?.type !== "file") return undefined;
    return new TextDecoder().decode(await readErofsData(cached, superblock, found, path));
  };
  return {
    rootNid,
    inode,
    list,
    linkTarget: async (one) =>
      new TextDecoder().decode(
        await readErofsData(cached, superblock, one, "the target of a link", LONGEST_TARGET),
      ),
    xattrs: (one) => readErofsXattrs(cached, superblock, one),
    extents: (one) => dataExtents(file, superblock, one),
    find,
    text,
  };
};
