/** Changes to a tree that is not this machine's. They are synchronous, as reading it is. */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { childOf, type InRoot, parentOf } from "./in-root-path.ts";
import { O_PATH, OpenTree } from "./open-tree.ts";
import type { FileOwner, Ownership } from "./ownership.ts";
import { errnoOf } from "@slipway/host";
import { TreeError } from "./tree-error.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const SET_GID = 0o2000;

export class RootDirectory extends OpenTree {
  readonly #ownership: Ownership;
  #temporaries = 0;

  /** @param path of a directory on this machine; it may be reached through links. */
  constructor(path: string, ownership: Ownership) {
    super(path);
    this.#ownership = ownership;
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
  createTemporary(
    directory: InRoot,
    mode: number,
  ): { readonly path: InRoot; readonly file: number } {
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
    this.forget(from);
    this.forget(to);
    renameSync(this.at(from), this.atToo(to));
  }

  symlink(target: string, path: InRoot): void {
    symlinkSync(target, this.at(path));
  }

  /** A second name for a node; for a symbolic link, the link itself gets it. */
  link(existing: InRoot, path: InRoot): void {
    linkSync(this.at(existing), this.atToo(path));
  }

  /** Removes a node with everything below it; nothing happens when there is none. */
  remove(path: InRoot): void {
    if (path === "/") throw new TreeError("the root itself is never removed", path);
    if (this.lookUp(path) === undefined) return;
    this.forget(path);
    rmSync(this.at(path), { recursive: true, force: true });
  }
}

const writeAll = (file: number, content: Uint8Array | string): void => {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
};
