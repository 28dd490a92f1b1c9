/** Files beside the document, which `local` and its like name. They come through a port: nothing is opened here. */
import { posix } from "node:path";

/** Why a file or directory cannot be read. */
export type LocalProblem = "missing" | "denied" | "directory" | "failed";

/** What became of reading a file. `detail` says more about `failed`. */
export type LocalRead =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly problem: LocalProblem; readonly detail?: string };

/** A node of a tree, symbolic links not followed. */
export interface LocalNode {
  /** From the tree's root, which is the empty path. */
  readonly path: string;
  readonly kind: "file" | "directory" | "link" | "other";
  /** Whether anyone may execute it. */
  readonly executable: boolean;
  /** What a link points at. */
  readonly target?: string;
  /** Why a directory's entries, or the node itself, cannot be read. */
  readonly problem?: LocalProblem;
}

/**
 * All below a directory. Each directory comes before what is in it, and its entries are ordered by the bytes of their names.
 * `file`: the path is no directory.
 */
export type LocalTree =
  | { readonly ok: true; readonly nodes: readonly LocalNode[] }
  | { readonly ok: false; readonly problem: LocalProblem | "file"; readonly detail?: string };

/**
 * The files directory. Paths are relative to it, simplified, and never leave it (symbolic links may: they are the port's to
 * follow or to refuse); the empty path is the directory itself. Neither function rejects for an expected failure.
 */
export interface LocalFiles {
  /** The directory's name in messages. */
  readonly directory: string;
  read(path: string): LocalRead | Promise<LocalRead>;
  walk(path: string): LocalTree | Promise<LocalTree>;
}

/** What was read for a document, by the paths as they stand in it. */
export interface LocalContents {
  /** Set where there is no files directory at all. */
  readonly refusal: LocalRefusal | undefined;
  readonly file: (path: string) => ReadFile | LocalRefusal;
  readonly tree: (path: string) => ReadTree | LocalRefusal;
}

export interface LocalRefusal {
  readonly ok: false;
  readonly message: string;
}

export type ReadFile = Extract<LocalRead, { ok: true }>;

/** A node with the bytes of a file; a refusal stands also for a directory that cannot be listed. */
export interface ReadNode extends LocalNode {
  readonly contents?: ReadFile | LocalRefusal;
}

export interface ReadTree {
  readonly ok: true;
  readonly nodes: readonly ReadNode[];
}

const NO_DIRECTORY =
  "local file paths are relative to a files directory that must be specified with -d/--files-dir";
const OUTSIDE = "local file path traverses outside the files directory";

const PROBLEMS: Readonly<Record<Exclude<LocalProblem, "failed">, string>> = {
  missing: "no such file or directory",
  denied: "permission denied",
  directory: "is a directory",
};

/** `open files/x: no such file or directory`, as the program would say it. */
const describe = (action: string, path: string, problem: LocalProblem, detail?: string): string => {
  const text = problem === "failed" ? (detail ?? "cannot be read") : PROBLEMS[problem];
  return `${problem === "directory" ? "read" : action} ${path}: ${text}`;
};

/** Without a slash at the end, as Go's paths are. */
const clean = (path: string): string => path.replace(/(?<=.)\/+$/, "");

/** The path below the files directory; undefined when it leaves it. Only the text counts. */
const insidePath = (directory: string, full: string): string | undefined => {
  const base = clean(posix.normalize(directory));
  if (full === base) return "";
  if (base === ".") return full === ".." || full.startsWith("../") ? undefined : full;
  const prefix = base === "/" ? base : `${base}/`;
  return full.startsWith(prefix) ? full.slice(prefix.length) : undefined;
};

const refuse = (message: string): LocalRefusal => ({ ok: false, message });

interface Located {
  readonly path: string;
  /** The path in messages. */
  readonly shown: string;
}

const locate = (files: LocalFiles, path: string): Located | undefined => {
  const shown = clean(posix.join(files.directory, path));
  const inside = insidePath(files.directory, shown);
  return inside === undefined ? undefined : { path: inside, shown };
};

const readOne = async (
  files: LocalFiles,
  { path, shown }: Located,
): Promise<ReadFile | LocalRefusal> => {
  const read = await files.read(path);
  return read.ok ? read : refuse(describe("open", shown, read.problem, read.detail));
};

const readWalk = async (
  files: LocalFiles,
  { path, shown }: Located,
): Promise<ReadTree | LocalRefusal> => {
  const tree = await files.walk(path);
  if (!tree.ok) {
    if (tree.problem === "file") return refuse("root of tree must be a directory");
    return refuse(describe("stat", shown, tree.problem, tree.detail));
  }
  const nodes: ReadNode[] = [];
  for (const node of tree.nodes) {
    const below = { path: posix.join(path, node.path), shown: posix.join(shown, node.path) };
    if (node.problem !== undefined) {
      nodes.push({ ...node, contents: refuse(describe("open", below.shown, node.problem)) });
    } else if (node.kind === "file") {
      // One after the other: a tree may have more files than may be open at once.
      nodes.push({ ...node, contents: await readOne(files, below) });
    } else nodes.push(node);
  }
  return { ok: true, nodes };
};

type Read<Result> = (files: LocalFiles, at: Located) => Promise<Result | LocalRefusal>;

/** Reads each path once, one after the other. */
const readAll = async <Result>(
  files: LocalFiles,
  paths: Iterable<string>,
  read: Read<Result>,
): Promise<ReadonlyMap<string, Result | LocalRefusal>> => {
  const results = new Map<string, Result | LocalRefusal>();
  for (const path of new Set(paths)) {
    const at = locate(files, path);
    results.set(path, at === undefined ? refuse(OUTSIDE) : await read(files, at));
  }
  return results;
};

/** Reads the named files and trees; without a files directory nothing is read, and all is refused. */
export const readLocals = async (
  files: LocalFiles | undefined,
  filePaths: Iterable<string>,
  treePaths: Iterable<string>,
): Promise<LocalContents> => {
  const none = refuse(NO_DIRECTORY);
  if (files === undefined) return { refusal: none, file: () => none, tree: () => none };
  const contents = await readAll(files, filePaths, readOne);
  const trees = await readAll(files, treePaths, readWalk);
  return {
    refusal: undefined,
    file: (path) => contents.get(path) ?? none,
    tree: (path) => trees.get(path) ?? none,
  };
};
