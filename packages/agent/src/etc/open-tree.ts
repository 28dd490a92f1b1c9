/**
 * One state of /etc, read as if chrooted. Directories on the way are opened one by one and never through a symbolic link
 * (`/proc/self/fd/N/name` is openat), so that nothing that is swapped meanwhile leads out of the tree. Calls are
 * synchronous: this runs in a short-lived process of its own.
 */
import {
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import { createHash } from "node:crypto";
import { type EtcPath, parentOf } from "./node.ts";

/** Linux's O_PATH, the same on both architectures; Node does not name it. */
const O_PATH = 0o10000000;
const DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Not to wait for a pipe's writer, should a file have become one. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Directories kept open between two calls. */
const MAX_OPEN = 64;
const CHUNK_BYTES = 256 * 1024;

export class OpenTree implements Disposable {
  readonly #root: number;
  readonly #open = new Map<EtcPath, number>();
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES);

  constructor(directory: string) {
    this.#root = openSync(directory, O_PATH | constants.O_DIRECTORY);
  }

  [Symbol.dispose](): void {
    this.#closeAll();
    closeSync(this.#root);
  }

  /** Only between two calls: within one, the directories it has opened must stay so. */
  #makeRoom(): void {
    if (this.#open.size > MAX_OPEN) this.#closeAll();
  }

  #closeAll(): void {
    for (const directory of this.#open.values()) closeSync(directory);
    this.#open.clear();
  }

  /** A path of this machine for a node, good until the next call; its last component is not followed by itself. */
  at(path: EtcPath): Buffer {
    this.#makeRoom();
    const parent = parentOf(path);
    if (parent === undefined) return Buffer.from(`/proc/self/fd/${this.#root}/.`);
    const name = path.slice(parent === "" ? 0 : parent.length + 1);
    return Buffer.from(`/proc/self/fd/${this.#directory(parent)}/${name}`, "latin1");
  }

  #directory(path: EtcPath): number {
    const parent = parentOf(path);
    if (parent === undefined) return this.#root;
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    const name = path.slice(parent === "" ? 0 : parent.length + 1);
    const above = this.#directory(parent);
    const opened = openSync(Buffer.from(`/proc/self/fd/${above}/${name}`, "latin1"), DIRECTORY);
    this.#open.set(path, opened);
    return opened;
  }

  lstat(path: EtcPath): Stats {
    return lstatSync(this.at(path));
  }

  readlink(path: EtcPath): string {
    return readlinkSync(this.at(path), { encoding: "buffer" }).toString("latin1");
  }

  /** The names in a directory, one character a byte. */
  list(path: EtcPath): readonly string[] {
    this.#makeRoom();
    const directory = `/proc/self/fd/${this.#directory(path)}`;
    const entries: readonly Dirent<Buffer>[] = readdirSync(directory, {
      encoding: "buffer",
      withFileTypes: true,
    });
    return entries.map(({ name }) => name.toString("latin1"));
  }

  /** Opens a file for reading; whoever calls closes it. */
  open(path: EtcPath): number {
    return openSync(this.at(path), READ);
  }

  /** Opens a directory as something to name in `/proc/PID/fd`. */
  openDirectory(path: EtcPath): number {
    this.#makeRoom();
    return openSync(
      `/proc/self/fd/${this.#directory(path)}`,
      constants.O_RDONLY | constants.O_DIRECTORY,
    );
  }

  /** A file's bytes, piece by piece; each is good until the next. */
  read(path: EtcPath, take: (chunk: Buffer) => void): void {
    const file = this.open(path);
    try {
      for (;;) {
        const count = readSync(file, this.#buffer);
        if (count === 0) return;
        take(this.#buffer.subarray(0, count));
      }
    } finally {
      closeSync(file);
    }
  }

  sha256(path: EtcPath): string {
    const hash = createHash("sha256");
    this.read(path, (chunk) => hash.update(chunk));
    return hash.digest("hex");
  }

  /** A whole file, one character a byte; undefined when it is longer than `limitBytes` or none is there. */
  text(path: EtcPath, limitBytes: number): string | undefined {
    const stats = lstatSync(this.at(path), { throwIfNoEntry: false });
    if (stats?.isFile() !== true || stats.size > limitBytes) return undefined;
    const chunks: Buffer[] = [];
    this.read(path, (chunk) => chunks.push(Buffer.from(chunk)));
    return Buffer.concat(chunks).toString("latin1");
  }
}
