/**
 * Where each file is in a tar archive that somebody brought along (POSIX.1-2001: ustar and pax). Only what an export has is taken: plain files
 * of plain names. Everything else in the archive is refused, for then it is not one of ours. Pure over a reader.
 */

/** Reads exactly these bytes of the archive. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

export interface TarFile {
  /** Of the contents, from the archive's first byte. */
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
}

/** The archive is not what an export is. */
export class TarError extends Error {
  override readonly name = "TarError";
}

const BLOCK = 512;

/** An export has some hundred files; more than this is somebody's attempt. */
const MAX_FILES = 20_000;

/** pax records of an export: a path and a size. */
const MAX_PAX_BYTES = 4096;

const MAX_PATH = 512;

/** Names of a repository's files: no part begins with a dot, so none leads out of anything. */
const PATH = /^[A-Za-z0-9][A-Za-z0-9._~^-]*(?:\/[A-Za-z0-9][A-Za-z0-9._~^-]*)*$/;

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** The text of a field, up to its first zero byte. */
const textAt = (header: Uint8Array, at: number, width: number): string =>
  latin1(header.subarray(at, at + width)).split("\0", 1)[0] ?? "";

const octalAt = (header: Uint8Array, at: number, width: number, what: string): number => {
  const digits = textAt(header, at, width).trim();
  if (!/^[0-7]{1,12}$/.test(digits)) throw new TarError(`has a header whose ${what} is no number`);
  return Number.parseInt(digits, 8);
};

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;

const checkSum = (header: Uint8Array): void => {
  let sum = 0;
  for (const [index, byte] of header.entries()) {
    const isItself = index >= CHECKSUM_AT && index < CHECKSUM_AT + CHECKSUM_BYTES;
    sum += isItself ? 0x20 : byte;
  }
  if (sum !== octalAt(header, CHECKSUM_AT, CHECKSUM_BYTES, "checksum"))
    throw new TarError("has a header whose checksum does not fit: it is damaged, or no archive");
};

/** The records of a pax header: `LENGTH KEY=VALUE\n`, the length counting the whole record. */
const readPax = (bytes: Uint8Array): ReadonlyMap<string, string> => {
  const text = latin1(bytes);
  const records = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const [, digits] = /^(\d{1,4}) /.exec(text.slice(at, at + 5)) ?? [];
    const length = Number(digits);
    const record = text.slice(at, at + length);
    const [, key, value] = /^\d+ ([^=]+)=([^]*)\n$/.exec(record) ?? [];
    if (record.length !== length || key === undefined || value === undefined)
      throw new TarError("has a pax record that is none");
    records.set(key, value);
    at += length;
  }
  return records;
};

interface Header {
  readonly path: string;
  readonly size: number;
  /** `0` a file, `5` a directory, `x` pax records for the next header, and others that no export has. */
  readonly type: string;
}

const readHeader = (header: Uint8Array): Header => {
  checkSum(header);
  if (textAt(header, 257, 5) !== "ustar") throw new TarError("is no POSIX tar archive");
  const [name, prefix] = [textAt(header, 0, 100), textAt(header, 345, 155)];
  const type = textAt(header, 156, 1);
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    size: octalAt(header, 124, 12, "size"),
    type: type === "" ? "0" : type,
  };
};

const withPax = (header: Header, pax: ReadonlyMap<string, string>): Header => {
  const size = pax.get("size");
  if (size !== undefined && !/^\d{1,15}$/.test(size))
    throw new TarError("has a pax record whose size is no number");
  return {
    ...header,
    path: pax.get("path") ?? header.path,
    size: size === undefined ? header.size : Number(size),
  };
};

const checkFile = ({ path, size }: Header, offset: number, archiveSize: number): void => {
  if (path.length > MAX_PATH || !PATH.test(path))
    throw new TarError(
      `has a file of a name that no repository has: ${JSON.stringify(path.slice(0, MAX_PATH))}`,
    );
  if (!Number.isSafeInteger(offset + size) || offset + size > archiveSize)
    throw new TarError(`ends in the middle of ${path}`);
};

const paddedEnd = (offset: number, size: number): number =>
  offset + Math.ceil(size / BLOCK) * BLOCK;

/**
 * The files of an archive of so many bytes, by path.
 * @throws TarError when it is no export, or not all of one.
 */
export const indexTar = async (
  read: ReadAt,
  archiveSize: number,
): Promise<ReadonlyMap<string, TarFile>> => {
  const files = new Map<string, TarFile>();
  let pax: ReadonlyMap<string, string> = new Map();
  for (let at = 0; ;) {
    if (at + BLOCK > archiveSize) throw new TarError("has no end: it was cut off");
    const block = await read(at, BLOCK);
    if (isZero(block)) return files;
    const header = readHeader(block);
    const offset = at + BLOCK;
    if (header.type === "x") {
      if (header.size > MAX_PAX_BYTES || offset + header.size > archiveSize)
        throw new TarError(`has ${header.size} bytes of pax records`);
      pax = readPax(await read(offset, header.size));
      at = paddedEnd(offset, header.size);
      continue;
    }
    const file = withPax(header, pax);
    pax = new Map();
    if (file.type !== "0" && file.type !== "5")
      throw new TarError(
        `has an entry that is neither file nor directory: type ${JSON.stringify(file.type)}`,
      );
    if (file.type === "0") {
      checkFile(file, offset, archiveSize);
      if (files.has(file.path)) throw new TarError(`has ${file.path} twice`);
      if (files.size >= MAX_FILES) throw new TarError(`has more than ${MAX_FILES} files`);
      files.set(file.path, { offset, size: file.size });
    }
    at = paddedEnd(offset, file.type === "0" ? file.size : 0);
  }
};
