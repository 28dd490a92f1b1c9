/** Extended attributes out of a tar archive in pax form. */

/** The records of an extended header, "LENGTH KEY=VALUE\n" each, that are attributes or access lists. */
export const xattrRecords = (header: Buffer): readonly string[] => {
  const found: string[] = [];
  for (let at = 0; at < header.length;) {
    const space = header.indexOf(0x20, at);
    const length = Number(header.toString("latin1", at, space));
    if (space === -1 || !Number.isSafeInteger(length) || length <= space - at) {
      throw new Error("an extended header of a tar archive is damaged");
    }
    const record = header.toString("latin1", space + 1, at + length - 1);
    if (/^SCHILY\.(?:xattr|acl)\./.test(record)) found.push(record);
    at += length;
  }
  // An access list comes as a text too, and once is enough; the text is the one that names entries in order.
  return found.filter((record) => !record.startsWith("SCHILY.xattr.system.posix_acl_")).sort();
};

export interface TarHeader {
  readonly type: string;
  /** Of the data after the header, which fills whole blocks of 512 bytes. */
  readonly sizeBytes: number;
}

export const TAR_BLOCK = 512;

/** One block as a header; undefined for the zeros at the end of an archive. */
export const tarHeader = (block: Buffer): TarHeader | undefined => {
  if (block.every((byte) => byte === 0)) return undefined;
  const size = block.toString("latin1", 124, 135).trim();
  if (!/^[0-7]+$/.test(size)) throw new Error("a header of a tar archive is damaged");
  return { type: block.toString("latin1", 156, 157), sizeBytes: Number.parseInt(size, 8) };
};
