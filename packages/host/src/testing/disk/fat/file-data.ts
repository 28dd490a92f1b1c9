/** Contents of files, changed: grown a cluster at a time, cut to nothing. */
import type { Buffers } from "./buffers.ts";
import { chainFrom } from "./chains.ts";
import type { Inode, Inodes } from "./inodes.ts";
import { clusterBytes, clusterSectors, type Layout } from "./layout.ts";
import type { Table } from "./table.ts";

export interface DataParts {
  readonly layout: Layout;
  readonly buffers: Buffers;
  readonly table: Table;
  readonly inodes: Inodes;
  readonly dirsync: boolean;
}

export interface FileData {
  append(inode: Inode, bytes: Uint8Array): void;
  /** Within the file. */
  overwrite(inode: Inode, bytes: Uint8Array, offset: number): void;
  /** Cuts the file to nothing and frees its clusters; of a removed file nothing is left to be written. */
  truncate(inode: Inode): void;
}

export const fileDataOf = ({ layout, buffers, table, inodes, dirsync }: DataParts): FileData => {
  const size = clusterBytes(layout);
  const lastOf = (inode: Inode): number | undefined =>
    inode.start === 0 ? undefined : Array.from(chainFrom(layout, buffers.read, inode.start)).at(-1);
  const grow = (inode: Inode, last: number | undefined): number => {
    const [cluster] = table.allocate(1, false);
    if (last === undefined) {
      inode.start = cluster;
      inodes.markDirty(inode);
    } else {
      table.append(last, cluster, false);
    }
    return cluster;
  };
  const fill = (inode: Inode, cluster: number, from: number, bytes: Uint8Array): void => {
    for (const [index, sector] of clusterSectors(layout, cluster).entries()) {
      const at = index * layout.sectorSize - from;
      const piece = bytes.subarray(Math.max(0, at), Math.max(0, at + layout.sectorSize));
      if (piece.byteLength === 0) continue;
      buffers.change(sector, { owner: inode, site: "data" }, (kept) => {
        const offset = Math.max(0, -at);
        if (offset === 0) kept.fill(0);
        kept.set(piece, offset);
      });
    }
  };
  const overwriteIn = (inode: Inode, cluster: number, from: number, bytes: Uint8Array): void => {
    for (const [index, sector] of clusterSectors(layout, cluster).entries()) {
      const at = index * layout.sectorSize - from;
      const piece = bytes.subarray(Math.max(0, at), Math.max(0, at + layout.sectorSize));
      if (piece.byteLength === 0) continue;
      buffers.change(sector, { owner: inode, site: "data" }, (kept) => {
        kept.set(piece, Math.max(0, -at));
      });
    }
  };
  return {
    append: (inode, bytes) => {
      let last = lastOf(inode);
      for (let done = 0; done < bytes.byteLength;) {
        const from = inode.size % size;
        if (from === 0) last = grow(inode, last);
        const piece = bytes.subarray(done, done + size - from);
        fill(inode, last ?? inode.start, from, piece);
        done += piece.byteLength;
        inode.size += piece.byteLength;
        inodes.markDirty(inode);
      }
    },
    overwrite: (inode, bytes, offset) => {
      const clusters = inode.start === 0 ? [] : [...chainFrom(layout, buffers.read, inode.start)];
      for (let done = 0; done < bytes.byteLength;) {
        const from = (offset + done) % size;
        const cluster = clusters[Math.floor((offset + done) / size)] ?? inode.start;
        const piece = bytes.subarray(done, done + size - from);
        overwriteIn(inode, cluster, from, piece);
        done += piece.byteLength;
      }
    },
    truncate: (inode) => {
      const { start } = inode;
      buffers.drop(inode);
      inode.start = 0;
      inode.size = 0;
      inodes.markDirty(inode);
      if (dirsync) inodes.write(inode);
      if (start !== 0) table.free(start);
    },
  };
};
