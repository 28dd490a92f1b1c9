import type { ByteSource } from "@slipway/release";

/** One read of the file beneath. A directory's inodes lie close together, and so do their names. */
const PAGE_BYTES = 128 * 1024;

/** 8 MiB in all. */
const MOST_PAGES = 64;

/** The same bytes, read in larger runs of which the latest are kept: for structures that are many and small. */
export const cachedSource = (file: ByteSource): ByteSource => {
  const pages = new Map<number, Promise<Uint8Array>>();
  const pageAt = (index: number): Promise<Uint8Array> => {
    const start = index * PAGE_BYTES;
    const page = pages.get(index) ?? file.read(start, Math.min(PAGE_BYTES, file.size - start));
    // What was used last goes to the end, and what stands first goes first.
    pages.delete(index);
    pages.set(index, page);
    if (pages.size > MOST_PAGES) {
      for (const oldest of pages.keys()) {
        pages.delete(oldest);
        break;
      }
    }
    return page;
  };
  return {
    size: file.size,
    read: async (offset, length) => {
      const first = Math.floor(offset / PAGE_BYTES);
      const start = offset - first * PAGE_BYTES;
      if (start + length <= PAGE_BYTES)
        return (await pageAt(first)).subarray(start, start + length);
      return file.read(offset, length);
    },
  };
};
