/**
 * A tree that is not this machine's, worked on as if chrooted.
 *
 * Node has no openat(2), but `/proc/self/fd/N/name` is the same thing: every directory on the way is opened by itself,
 * never through a symbolic link, and kept open, so that nothing that is swapped meanwhile leads out of the tree. Calls
 * are synchronous: each is a few microseconds, and a tree is thousands of them.
 */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  type Dirent,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeSync,
} from "node:fs";
import { childOf, componentsOf, type InRoot, inRoot, isWithin, nameOf, parentOf } from "./in-root-path.ts";
import type { FileOwner, Ownership } from "./ownership.ts";
import { errnoOf, TreeError } from "./tree-error.ts";

/** Linux's O_PATH, the same on both architectures; Node does not name it. */
const O_PATH = 0o10000000;
const DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const SET_GID = 0o2000;

/** As many as the kernel follows before it gives up. */
const MAX_LINKS = 40;
/** Directories kept open between two calls. */
const MAX_OPEN = 128;

export interface Entry {
  readonly path: InRoot;
  readonly kind: "directory" | "file" | "symlink" | "special";
}

export class RootDirectory implements Disposable {
  readonly #root: number;
  readonly #open = new Map<InRoot, number>();
  readonly #ownership: Ownership;
  #temporaries = 0;

  /** @param path of a directory on this machine; it may be reached through links. */
  constructor(path: string, ownership: Ownership) {
    this.#root = openSync(path, O_PATH | constants.O_DIRECTORY);
    this.#ownership = ownership;
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
    let pending = componentsOf(path);
    let done = inRoot("/");
    let links = 0;
    while (pending.length > 0) {
      const [name = "", ...rest] = pending;
      pending = rest;
      if (name === "..") {
        done = parentOf(done);
        continue;
      }
      const here = childOf(done, name);
      const isLast = rest.length === 0;
      const stats = isLast && last === "keep" ? undefined : this.#lookUp(here);
      if (stats?.isSymbolicLink() !== true) {
        done = here;
        continue;
      }
      if (++links > MAX_LINKS) throw new TreeError("too many symbolic links", path);
      const target = readlinkSync(this.at(here));
      if (target.startsWith("/")) done = inRoot("/");
      pending = [...componentsOf(target), ...rest];
    }
    return done;
  }

  /** Like lstat, but also undefined below something that is no directory. */
  #lookUp(path: InRoot): Stats | undefined {
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
    return this.#at(path);
  }

  /** Only between two calls: within one, the directories it has opened must stay so. */
  #makeRoom(): void {
    if (this.#open.size > MAX_OPEN) this.#forget(inRoot("/"));
  }

  #at(path: InRoot): string {
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
  #forget(path: InRoot): void {
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

  ownerOf(path: InRoot): FileOwner {
    return this.#ownership.of(this.at(path));
  }

  setOwner(path: InRoot, owner: FileOwner): void {
    this.#ownership.set(this.at(path), owner);
  }

  /** @param mode permission bits, special ones too. Not for symbolic links. */
  setMode(path: InRoot, mode: number): void {
    const node = openSync(this.at(path), O_PATH | constants.O_NOFOLLOW);
    try {
      if (fstatSync(node).isSymbolicLink()) throw new TreeError("is a symbolic link", path);
      chmodSync(`/proc/self/fd/${node}`, mode);
    } finally {
      closeSync(node);
    }
  }

  /** Makes one directory, whatever the umask; below one with a set-gid bit it inherits that. */
  makeDirectory(path: InRoot, mode: number): void {
    const here = this.at(path);
    mkdirSync(here, 0o700);
    chmodSync(here, mode | (lstatSync(here).mode & SET_GID));
  }

  /** Makes the directory and all that are missing above it, mode 0755. */
  makeDirectories(path: InRoot): void {
    const stats = this.lstat(path);
    if (stats === undefined) {
      this.makeDirectories(parentOf(path));
      this.makeDirectory(path, 0o755);
    } else if (!stats.isDirectory()) {
      throw new TreeError("a node that is no directory is in the way", path);
    }
  }

  /** Writes a file beside its final place; returns where, to be renamed. The directory must exist. */
  createTemporary(directory: InRoot, mode: number): { readonly path: InRoot; readonly file: number } {
    for (;;) {
      this.#temporaries += 1;
      const path = childOf(directory, `.slipway-${this.#temporaries}`);
      try {
        const file = openSync(this.at(path), NEW_FILE, 0o600);
        fchmodSync(file, mode);
        return { path, file };
      } catch (error) {
        if (errnoOf(error) !== "EEXIST") throw error;
      }
    }
  }

  /** Copies a regular file's bytes to a new name, mode 0600; blocks are shared where the file system can. */
  copyFile(from: InRoot, to: InRoot): void {
    const source = openSync(this.at(from), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const target = openSync(this.at(to), NEW_FILE, 0o600);
      closeSync(target);
      copyFileSync(`/proc/self/fd/${source}`, this.at(to), constants.COPYFILE_FICLONE);
    } finally {
      closeSync(source);
    }
  }

  /** Puts a whole file in place at once: the node that is there, and every other name it has, stays as it is. */
  replaceFile(path: InRoot, bytes: Uint8Array | string, mode: number): void {
    const { path: temporary, file } = this.createTemporary(parentOf(path), mode);
    try {
      writeAll(file, bytes);
      this.rename(temporary, path);
    } catch (error) {
      this.remove(temporary);
      throw error;
    } finally {
      closeSync(file);
    }
  }

  rename(from: InRoot, to: InRoot): void {
    this.#forget(from);
    this.#forget(to);
    renameSync(this.at(from), this.#at(to));
  }

  symlink(target: string, path: InRoot): void {
    symlinkSync(target, this.at(path));
  }

  /** A second name for a node; for a symbolic link, the link itself gets it. */
  link(existing: InRoot, path: InRoot): void {
    linkSync(this.at(existing), this.#at(path));
  }

  /** Removes a node with everything below it; nothing happens when there is none. */
  remove(path: InRoot): void {
    if (path === "/") throw new TreeError("the root itself is never removed", path);
    if (this.#lookUp(path) === undefined) return;
    this.#forget(path);
    rmSync(this.at(path), { recursive: true, force: true });
  }
}

const kindOf = (entry: Dirent): Entry["kind"] => {
  if (entry.isDirectory()) return "directory";
  if (entry.isFile()) return "file";
  return entry.isSymbolicLink() ? "symlink" : "special";
};

const writeAll = (file: number, content: Uint8Array | string): void => {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
};
