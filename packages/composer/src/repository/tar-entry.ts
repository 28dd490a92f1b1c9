/** Headers of a tar archive (POSIX.1-2001: ustar, with pax records where a name or a size does not fit). Pure. */

const BLOCK = 512;

/** Zero bytes after so many bytes of contents. */
export const paddingAfter = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

/** Two blocks of zeros end an archive. */
export const END_OF_ARCHIVE: Uint8Array = new Uint8Array(2 * BLOCK);

const LONGEST_NAME = 100;
const LONGEST_PREFIX = 155;
/** Eleven octal digits. */
const LARGEST_SIZE = 8 ** 11 - 1;

/** How a path is split between the two fields that ustar has for it; undefined where it does not fit. */
const splitPath = (
  path: string,
): { readonly name: string; readonly prefix: string } | undefined => {
  if (path.length <= LONGEST_NAME) return { name: path, prefix: "" };
  for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (prefix.length > LONGEST_PREFIX) return undefined;
    if (name.length <= LONGEST_NAME) return { name, prefix };
  }
  return undefined;
};

interface Fields {
  readonly name: string;
  readonly prefix: string;
  readonly size: number;
  readonly type: "0" | "x";
}

const header = ({ name, prefix, size, type }: Fields): Buffer => {
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number): void => {
    bytes.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "latin1");
  };
  bytes.write(name, 0, "latin1");
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write(type, 156, "latin1");
  bytes.write("ustar\x0000", 257, "latin1");
  bytes.write(prefix, 345, "latin1");
  // The sum is taken with its own field full of spaces.
  bytes.fill(" ", 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
};

/** A pax record says its own length, in decimal digits that count too. */
const paxRecord = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length)
    length = String(length).length + rest.length;
  return `${length}${rest}`;
};

/**
 * What stands before a file's contents. Nothing in it says who made it, or when: equal files give equal archives.
 * @throws RangeError for a path that is not ASCII; a repository has none.
 */
export const tarHeader = (path: string, size: number): Uint8Array => {
  if (!/^[ -~]+$/.test(path)) throw new RangeError(`${JSON.stringify(path)} is not plain ASCII`);
  const split = splitPath(path);
  const records = [
    ...(split === undefined ? [paxRecord("path", path)] : []),
    ...(size > LARGEST_SIZE ? [paxRecord("size", String(size))] : []),
  ].join("");
  const own = header({
    ...(split ?? { name: path.slice(-LONGEST_NAME), prefix: "" }),
    size: size > LARGEST_SIZE ? 0 : size,
    type: "0",
  });
  if (records === "") return own;
  return Buffer.concat([
    header({ name: "pax", prefix: "", size: records.length, type: "x" }),
    Buffer.from(records, "latin1"),
    Buffer.alloc(paddingAfter(records.length)),
    own,
  ]);
};
