import { type ByteSource, FormatError, type Image, type ImageFile } from "@slipway/release";
import { openRootTree } from "../diff/root-tree.ts";
import type { ErofsInode } from "../inspect/erofs-inode.ts";
import { readErofs } from "../inspect/erofs.ts";

/** As deep as PATH_MAX of Linux allows. */
const MOST_LEVELS = 2048;

/**
 * A root image as a delta sees it: each regular file once, by the first of its paths, in the order of the directories.
 * @throws FormatError when it is no EROFS image, or one of a kind that our builds do not make.
 */
export const readRootImage = async (bytes: ByteSource): Promise<Image> => {
  const { blockSize } = await readErofs(bytes);
  const tree = await openRootTree(bytes);
  const files: ImageFile[] = [];
  const seen = new Set<number>();
  const visit = async (inode: ErofsInode, path: string, levels: number): Promise<void> => {
    if (inode.type !== "file" && inode.type !== "directory") return;
    // Hard links lead to the same inode; directories that do would lead round in circles.
    if (seen.has(inode.nid)) return;
    seen.add(inode.nid);
    if (inode.type === "file") {
      files.push({ path, extents: tree.extents(inode) });
      return;
    }
    if (levels > MOST_LEVELS) {
      throw new FormatError("OUT_OF_RANGE", "EROFS", `over ${MOST_LEVELS} levels of directories`);
    }
    for (const { name, nid } of await tree.list(inode.nid)) {
      await visit(await tree.inode(nid), `${path}/${name}`, levels + 1);
    }
  };
  await visit(await tree.inode(tree.rootNid), "", 0);
  return { bytes, blockSize, files };
};
