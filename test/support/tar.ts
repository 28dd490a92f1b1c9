/** A tar archive whose bytes come from its contents alone (POSIX.1-1988, "ustar"): sorted, root's, of one time. Pure. */

export type TarEntry =
  | { readonly kind: "directory"; readonly path: string; readonly mode: number }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly mode: number;
      readonly contents: Uint8Array;
    }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

const BLOCK = 512;
/** Bytes of the fields for name and for the target of a link. */
const LONGEST_PATH = 100;

const TYPE: Readonly<Record<TarEntry["kind"], string>> = { file: "0", link: "2", directory: "5" };

const header = (entry: TarEntry, size: number): Buffer => {
  const name = entry.kind === "directory" ? `${entry.path}/` : entry.path;
  const target = entry.kind === "link" ? entry.target : "";
  for (const text of [name, target]) {
    if (Buffer.byteLength(text) > LONGEST_PATH) throw new RangeError(`${text} is too long for tar`);
  }
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number): void => {
    bytes.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "latin1");
  };
  bytes.write(name, 0);
  octal(entry.kind === "link" ? 0o777 : entry.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write(TYPE[entry.kind], 156, "latin1");
  bytes.write(target, 157);
  bytes.write("ustar\x0000", 257, "latin1");
  // The sum is taken with its own field full of spaces.
  bytes.fill(" ", 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
};

/** Paths are relative. Directories that entries are in need not be named: they are made, 0755. */
export const tarArchive = (entries: readonly TarEntry[]): Buffer => {
  const all = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const above = path.slice(0, end);
      if (!all.has(above)) all.set(above, { kind: "directory", path: above, mode: 0o755 });
    }
  }
  const sorted = [...all.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1));
  const parts = sorted.flatMap((entry) => {
    const contents = entry.kind === "file" ? entry.contents : new Uint8Array();
    const rest = (BLOCK - (contents.length % BLOCK)) % BLOCK;
    return [header(entry, contents.length), contents, Buffer.alloc(rest)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
};
