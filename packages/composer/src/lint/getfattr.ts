import { ComposerError } from "../errors.ts";
import type { Xattr } from "./tree-entry.ts";
import { isWithin, treePath } from "./tree-path.ts";

/** The command whose output `parseGetfattr` reads; to be run as root, with the tree as its working directory. */
export const GETFATTR_COMMAND: readonly [string, ...string[]] = [
  "getfattr",
  "--recursive",
  "--no-dereference",
  "--physical",
  "--dump",
  "--match=-",
  "--encoding=base64",
  "--absolute-names",
  ".",
];

/** Extended attributes by path, as in `TreeEntry`; paths without any are absent. */
export type XattrTable = ReadonlyMap<string, readonly Xattr[]>;

/** A tree has a handful of files with attributes; what gives more than this is not being read as it was meant. */
const MAX_LINE_LENGTH = 256 * 1024;
const MAX_ATTRIBUTES = 100_000;

/**
 * Reads what getfattr(1) prints for a tree, in pieces of any size. Paths are taken relative to `root`, which is how getfattr
 * was told to call the tree: `.` or an absolute path. Throws `TOOL_OUTPUT` on any line that is not getfattr's.
 */
export const parseGetfattr = async (
  output: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  root = ".",
): Promise<XattrTable> => {
  const table = new Map<string, Xattr[]>();
  let current: Xattr[] | undefined;
  let count = 0;
  for await (const line of linesOf(output)) {
    if (line === "") {
      current = undefined;
      continue;
    }
    if (line.startsWith("# file: ")) {
      current = [];
      table.set(toTreePath(unescapeOctal(line.slice(8)), root), current);
      continue;
    }
    const equals = line.indexOf("=");
    const name = unescapeOctal(equals === -1 ? line : line.slice(0, equals));
    const value = equals === -1 ? new Uint8Array() : decodeValue(line.slice(equals + 1));
    if (current === undefined || value === undefined || !/^[a-z]+\../.test(name)) {
      throw notGetfattr(`the line ${JSON.stringify(line.slice(0, 80))} is no attribute`);
    }
    if (++count > MAX_ATTRIBUTES) throw notGetfattr(`more than ${MAX_ATTRIBUTES} attributes`);
    current.push({ name, value });
  }
  return table;
};

/** Lines in Latin-1, for file names are bytes and need not be UTF-8. */
async function* linesOf(
  output: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of output) {
    rest += Buffer.from(piece).toString("latin1");
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_LENGTH) throw notGetfattr("a line without an end");
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** getfattr quotes newline, carriage return and backslash, in values and names the equals sign too, as three octal digits. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );

const toTreePath = (latin1: string, root: string): string => {
  const { path } = treePath(Buffer.from(latin1, "latin1"));
  if (root === ".") {
    if (path === ".") return "/";
    return `/${path.startsWith("./") ? path.slice(2) : path}`;
  }
  if (path === root) return "/";
  if (!isWithin(path, root)) throw notGetfattr(`${path} is not in ${root}`);
  return path.slice(root.length);
};

const decodeValue = (text: string): Uint8Array | undefined => {
  if (!text.startsWith("0s") || !/^[A-Za-z0-9+/]*={0,2}$/.test(text.slice(2))) return undefined;
  return new Uint8Array(Buffer.from(text.slice(2), "base64"));
};

const notGetfattr = (message: string): ComposerError =>
  new ComposerError("TOOL_OUTPUT", `cannot read the output of getfattr: ${message}`, {
    hint: `run it as: ${GETFATTR_COMMAND.join(" ")}`,
  });
