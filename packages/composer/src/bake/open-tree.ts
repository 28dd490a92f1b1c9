/**
 * A tree that is not this machine's, worked on as if chrooted.
 *
 * Node has no openat(2), but `/proc/self/fd/N/name` is the same thing: every directory on the way is opened by itself,
 * never through a symbolic link, and kept open, so that nothing that is swapped meanwhile leads out of the tree. Calls
 * are synchronous: each is a few microseconds, and a tree is thousands of them.
 */
import {
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from "node:fs";
import {
  childOf,
  componentsOf,
  type InRoot,
  inRoot,
  isWithin,
  nameOf,
  parentOf,
} from "./in-root-path.ts";
import { errnoOf } from "@slipway/host";
import { TreeError } from "./tree-error.ts";

/** Linux's O_PATH, the same on both architectures; Node does not name it. */
export const O_PATH: number = 0o10000000;
const DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** As many as the kernel follows before it gives up. */
const MAX_LINKS = 40;
/** Directories kept open between two calls. */
const MAX_OPEN = 512;

export interface Entry {
  readonly path: InRoot;
  readonly kind: "directory" | "file" | "symlink" | "special";
}

export class OpenTree implements Disposable {
  readonly #root: number;
  readonly #open = new Map<InRoot, number>();

  /** @param path of a directory on this machine; it may be reached through links. */
  constructor(path: string) {
    this.#root = openSync(path, O_PATH | constants.O_DIRECTORY);
  }

  [Symbol.dispose](): void {
    for (const directory of this.#open.values()) closeSync(directory);
    this.#open.clear();
    closeSync(this.#root);
  }

  /**
   * The path with the links in it followed inside the tree; the last component's too if `last` says so. Components that
   * do not exist stay as they are: they can be made.
   * @throws TreeError for a loop.
   */
  resolve(path: string, last: "keep" | "follow" = "keep"): InRoot {
    return this.#walk(path, last, "chroot");
  }

  /**
   * The same, but of the links only relative ones that stay inside are followed: what a program reaches that knows the
   * tree as a directory.
   * @throws TreeError for a loop, and for a link on the way that leads out of the directory or to nothing.
   */
  resolveRelative(path: string, last: "keep" | "follow" = "keep"): InRoot {
    return this.#walk(path, last, "directory");
  }

  #walk(path: string, last: "keep" | "follow", as: "chroot" | "directory"): InRoot {
    let pending = componentsOf(path);
    let done = inRoot("/");
    let links = 0;
    // How many of the pending components come from links.
    let linked = 0;
    // Whether there is nothing at `done`, and so nothing below it.
    let isMissing = false;
    while (pending.length > 0) {
      const [name = "", ...rest] = pending;
      pending = rest;
      const isLinked = linked > 0;
      if (isLinked) linked -= 1;
      if (name === "..") {
        if (done === "/" && as === "directory") throw leadsOut(path);
        done = parentOf(done);
        isMissing = false;
        continue;
      }
      const here = childOf(done, name);
      const isLast = rest.length === 0;
      const isAsked: boolean = !isMissing && !(isLast && last === "keep");
      const stats: Stats | undefined = isAsked ? this.lookUp(here) : undefined;
      if (stats?.isSymbolicLink() !== true) {
        isMissing = stats === undefined;
        if (as === "directory" && isLinked && !isLast && stats === undefined) {
          throw new TreeError("a link that leads nowhere is in the way", path, "ENOENT");
        }
        done = here;
        continue;
      }
      if (++links > MAX_LINKS) throw new TreeError("too many symbolic links", path);
      const target = readlinkSync(this.at(here));
      if (target.startsWith("/")) {
        if (as === "directory") throw leadsOut(here);
        done = inRoot("/");
      }
      const into = componentsOf(target);
      linked += into.length;
      pending = [...into, ...rest];
    }
    return done;
  }

  /** Like lstat, but also undefined below something that is no directory. */
  protected lookUp(path: InRoot): Stats | undefined {
    try {
      return this.lstat(path);
    } catch (error) {
      if (error instanceof TreeError) return undefined;
      throw error;
    }
  }

  /**
   * A path on this machine for the node, good until the next call: its directory is pinned, its last component is not
   * followed unless the system call that uses it does so.
   * @throws TreeError when the directory does not exist or is none.
   */
  at(path: InRoot): string {
    this.#makeRoom();
    return this.atToo(path);
  }

  /** Only between two calls: within one, the directories it has opened must stay so. */
  #makeRoom(): void {
    if (this.#open.size > MAX_OPEN) this.forget(inRoot("/"));
  }

  /** Like `at`, for the second path of a call that takes two: closes nothing that the first one needs. */
  protected atToo(path: InRoot): string {
    if (path === "/") return `/proc/self/fd/${this.#root}/.`;
    return `/proc/self/fd/${this.#directory(parentOf(path))}/${nameOf(path)}`;
  }

  #directory(path: InRoot): number {
    if (path === "/") return this.#root;
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    const above = this.#directory(parentOf(path));
    let opened: number;
    try {
      opened = openSync(`/proc/self/fd/${above}/${nameOf(path)}`, DIRECTORY);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === "ENOENT") throw new TreeError("there is no such directory", path, errno);
      if (errno === "ENOTDIR" || errno === "ELOOP") {
        throw new TreeError("a node that is no directory is in the way", path, errno);
      }
      throw error;
    }
    this.#open.set(path, opened);
    return opened;
  }

  /** Closes what is open at or below a path that is about to become something else. */
  protected forget(path: InRoot): void {
    for (const [known, directory] of this.#open) {
      if (!isWithin(known, path)) continue;
      closeSync(directory);
      this.#open.delete(known);
    }
  }

  /** What is at the path itself; undefined when there is nothing. */
  lstat(path: InRoot): Stats | undefined {
    try {
      return lstatSync(this.at(path), { throwIfNoEntry: false });
    } catch (error) {
      if (error instanceof TreeError && error.errno === "ENOENT") return undefined;
      throw error;
    }
  }

  readlink(path: InRoot): string {
    return readlinkSync(this.at(path));
  }

  /** Names in a directory, in order. */
  list(path: InRoot): readonly string[] {
    this.#makeRoom();
    return readdirSync(`/proc/self/fd/${this.#directory(path)}`).sort();
  }

  /** What is in a directory, by name; cheaper than a look at each. */
  entries(path: InRoot): readonly Entry[] {
    this.#makeRoom();
    return readdirSync(`/proc/self/fd/${this.#directory(path)}`, { withFileTypes: true })
      .map((entry) => ({ path: childOf(path, entry.name), kind: kindOf(entry) }))
      .sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  }

  /** The text of a regular file; undefined when there is no such file. */
  readText(path: InRoot, limitBytes: number = 4 * 1024 * 1024): string | undefined {
    const stats = this.lstat(path);
    if (stats === undefined) return undefined;
    if (!stats.isFile()) throw new TreeError("is not a regular file", path);
    if (stats.size > limitBytes) throw new TreeError(`is longer than ${limitBytes} bytes`, path);
    const file = openSync(this.at(path), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  }
}

const leadsOut = (path: string): TreeError =>
  new TreeError("a link that another link leads to leads out of the tree", path, "EXDEV");

const kindOf = (entry: Dirent): Entry["kind"] => {
  if (entry.isDirectory()) return "directory";
  if (entry.isFile()) return "file";
  return entry.isSymbolicLink() ? "symlink" : "special";
};
