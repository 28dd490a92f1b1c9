/**
 * A FAT32 file system mounted as Linux's vfat driver mounts it: the same bytes, in the same order, under the same promises.
 * What those are is worth knowing before relying on one: a rename is two changed entries, and the new one is empty until the
 * file's own state is written; `fsync` of the directory does not write that, `fsync` of the file does; `syncfs` writes
 * everything and does not flush the disk's cache.
 */
import type { SimulatedDisk } from "../simulated-disk.ts";
import { type Buffers, buffersOn } from "./buffers.ts";
import { directoriesOf } from "./directory.ts";
import { ATTRIBUTE, type DirectoryEntry, encodeEntries } from "./entries.ts";
import { FatError } from "./error.ts";
import { fileDataOf } from "./file-data.ts";
import { readHints, writeHints } from "./info-sector.ts";
import { type Inode, type Inodes, inodesIn } from "./inodes.ts";
import { clusterBytes, parseBootSector, STATE_OFFSET } from "./layout.ts";
import { checkName, nameKey, type ShortName, shortNameFor } from "./names.ts";
import { isDirectory, type ListedFile, namesOf, readContents } from "./reader.ts";
import { tableOf } from "./table.ts";
import { timestampOf } from "./timestamp.ts";

export interface MountOptions {
  /** The mount option of this name: each change of a directory is given to the disk before the call returns. */
  readonly dirsync?: boolean;
  readonly now?: () => Date;
}

/** Paths are absolute and do not mind case. Nothing is durable before it is asked for. */
export interface FatVolume {
  readdir(path: string): readonly ListedFile[];
  readFile(path: string): Uint8Array;
  /** Creates the file, or empties it first. */
  writeFile(path: string, bytes: Uint8Array): void;
  append(path: string, bytes: Uint8Array): void;
  mkdir(path: string): void;
  /** Of a file, over another one too. To a name that differs in case alone it does nothing, as on Linux. */
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Opens a file, and answers what closes it: the clusters of one that is removed or replaced stay its own for so long. */
  hold(path: string): () => void;
  /** In bytes. */
  room(): number;
  /** Writes over what is there, or right behind its end. */
  write(path: string, bytes: Uint8Array, offset: number): void;
  /** Makes durable a file's bytes, size and place, or a directory's entries; and the table. Not the file's name. */
  fsync(path: string): void;
  /** Gives everything to the disk, whose cache it does not flush. */
  syncfs(): void;
  /** As `syncfs`, and notes that the file system is clean. */
  unmount(): void;
}

const MOUNTED = 1;

/** Mounts for writing, which notes in the boot sector that the file system is in use. */
export const mountFat = (disk: SimulatedDisk, options: MountOptions = {}): FatVolume => {
  const { dirsync = false, now = () => new Date(0) } = options;
  const layout = parseBootSector(disk.read(0), disk.sectors);
  const inodes: Inodes = inodesIn(() => buffers);
  const buffers: Buffers = buffersOn(disk, (sector) => inodes.supposeIn(sector));
  const table = tableOf(layout, buffers, readHints(disk.read(layout.infoSector)));
  const directories = directoriesOf({ layout, buffers, table, dirsync });
  const data = fileDataOf({ layout, buffers, table, inodes, dirsync });
  const never = timestampOf(new Date(0));
  const root: Inode = {
    kind: "directory",
    attributes: ATTRIBUTE.directory,
    start: layout.rootCluster,
    size: 0,
    changed: never,
    created: never,
    place: undefined,
  };
  const wasMounted = ((disk.read(0)[STATE_OFFSET] ?? 0) & MOUNTED) !== 0;

  const setState = (state: number): void => {
    if (wasMounted) return;
    buffers.change(0, { site: "the state" }, (bytes) => {
      bytes[STATE_OFFSET] = state;
    });
    buffers.write([0]);
  };
  /** Writes the inode now, or leaves that to the kernel. */
  const settle = (inode: Inode): void => {
    inodes.markDirty(inode);
    if (dirsync) inodes.write(inode);
  };
  const touch = (directory: Inode): void => {
    directory.changed = timestampOf(now());
    settle(directory);
  };

  const lookUp = (path: string): { parent: Inode; name: string; entry?: DirectoryEntry } => {
    let parent = root;
    const names = namesOf(path);
    for (const name of names.slice(0, -1)) {
      const entry = directories.find(parent, name);
      if (entry === undefined) throw new FatError("NOT_FOUND", `not there: ${name} of ${path}`);
      if (!isDirectory(entry)) throw new FatError("NOT_A_DIRECTORY", `${name} of ${path}`);
      parent = inodes.of(entry);
    }
    const name = names.at(-1);
    if (name === undefined) throw new FatError("IS_A_DIRECTORY", "the root");
    const entry = directories.find(parent, name);
    return { parent, name, ...(entry === undefined ? {} : { entry }) };
  };
  const inodeAt = (path: string): Inode =>
    namesOf(path).length === 0 ? root : inodes.of(present(lookUp(path).entry, path));
  const directoryAt = (path: string): Inode => {
    const inode = inodeAt(path);
    if (inode.kind !== "directory") throw new FatError("NOT_A_DIRECTORY", `no directory: ${path}`);
    return inode;
  };

  const shortName = (parent: Inode, name: string): ShortName => {
    const taken = new Set(directories.list(parent).map(({ alias }) => alias));
    // The kernel's clock ticks 250 times a second.
    return shortNameFor(name, (alias) => taken.has(alias), Math.floor(now().getTime() / 4));
  };
  const addEntry = (parent: Inode, asked: string, attributes: number, start: number) => {
    const name = checkName(asked);
    const place = directories.add(
      parent,
      encodeEntries({
        name,
        ...shortName(parent, name),
        attributes,
        start,
        timestamp: timestampOf(now()),
      }),
    );
    touch(parent);
    return place;
  };
  const open = (path: string): Inode => {
    const { parent, name, entry } = lookUp(path);
    if (entry !== undefined) return fileOf(inodes.of(entry), path);
    addEntry(parent, name, ATTRIBUTE.archive, 0);
    return inodes.of(present(directories.find(parent, checkName(name)), path));
  };
  const removeEntry = (parent: Inode, entry: DirectoryEntry): void => {
    directories.remove(parent, entry);
    touch(parent);
  };
  /** What is left of a file without an entry: clusters, which become free. */
  const evict = (inode: Inode): void => {
    inodes.move(inode, undefined);
    if ((held.get(inode) ?? 0) === 0) data.truncate(inode);
  };
  const held = new Map<Inode, number>();
  const letGo = (inode: Inode): void => {
    const left = (held.get(inode) ?? 1) - 1;
    held.set(inode, left);
    if (left === 0 && inode.place === undefined) data.truncate(inode);
  };
  const append = (inode: Inode, bytes: Uint8Array): void => {
    inode.attributes |= ATTRIBUTE.archive;
    inode.changed = timestampOf(now());
    data.append(inode, bytes);
  };
  const rename = (from: string, to: string): void => {
    const source = lookUp(from);
    const target = lookUp(to);
    const entry = present(source.entry, from);
    const inode = fileOf(inodes.of(entry), from);
    if (source.parent === target.parent && nameKey(source.name) === nameKey(target.name)) return;
    const replaced = target.entry === undefined ? undefined : fileOf(inodes.of(target.entry), to);
    const place = replaced?.place ?? addEntry(target.parent, target.name, inode.attributes, 0);
    if (replaced !== undefined) inodes.move(replaced, undefined);
    inodes.move(inode, place);
    settle(inode);
    removeEntry(source.parent, entry);
    if (replaced !== undefined) evict(replaced);
  };
  const syncfs = (): void => {
    inodes.writeAll();
    buffers.change(layout.infoSector, { site: "the hints" }, (bytes) =>
      writeHints(bytes, table.hints),
    );
    buffers.writeAll();
  };
  /** The hints are written when the kernel likes, like everything else. */
  const change = <T>(operation: () => T): T => {
    try {
      return operation();
    } finally {
      buffers.suppose(layout.infoSector, "the hints", (bytes) => writeHints(bytes, table.hints));
    }
  };

  setState(MOUNTED);
  return {
    readdir: (path) =>
      directories
        .list(directoryAt(path))
        .filter(({ name }) => name !== "." && name !== "..")
        .map((entry) => {
          const { kind, size } = inodes.of(entry);
          return { name: entry.name, kind, size };
        }),
    readFile: (path) => {
      const { start, size } = fileOf(inodeAt(path), path);
      return readContents(layout, buffers.read, start, size);
    },
    writeFile: (path, bytes) =>
      change(() => {
        const inode = open(path);
        if (inode.size > 0 || inode.start !== 0) data.truncate(inode);
        append(inode, bytes);
      }),
    append: (path, bytes) => change(() => append(open(path), bytes)),
    mkdir: (path) =>
      change(() => {
        const { parent, name, entry } = lookUp(path);
        if (entry !== undefined) throw new FatError("EXISTS", `there already: ${path}`);
        const up = parent === root ? 0 : parent.start;
        const cluster = directories.create(parent, (own) => [
          ...dotEntry(".", own, now()),
          ...dotEntry("..", up, now()),
        ]);
        addEntry(parent, name, ATTRIBUTE.directory, cluster);
      }),
    rename: (from, to) => change(() => rename(from, to)),
    unlink: (path) =>
      change(() => {
        const { parent, entry } = lookUp(path);
        const listed = present(entry, path);
        const inode = fileOf(inodes.of(listed), path);
        removeEntry(parent, listed);
        evict(inode);
      }),
    hold: (path) => {
      const inode = inodeAt(path);
      held.set(inode, (held.get(inode) ?? 0) + 1);
      return () => change(() => letGo(inode));
    },
    room: () => (table.hints.free ?? 0) * clusterBytes(layout),
    write: (path, bytes, offset) =>
      change(() => {
        const inode = fileOf(inodeAt(path), path);
        if (offset > inode.size) throw new RangeError(`${path} ends before byte ${offset}`);
        const over = bytes.subarray(0, inode.size - offset);
        data.overwrite(inode, over, offset);
        append(inode, bytes.subarray(over.byteLength));
      }),
    fsync: (path) => {
      const inode = inodeAt(path);
      buffers.writeOwned(inode);
      inodes.write(inode);
      buffers.writeOwned(table.owner);
      disk.flush();
    },
    syncfs,
    unmount: () => {
      syncfs();
      setState(0);
    },
  };
};

const present = (entry: DirectoryEntry | undefined, path: string): DirectoryEntry => {
  if (entry === undefined) throw new FatError("NOT_FOUND", `not there: ${path}`);
  return entry;
};

const fileOf = (inode: Inode, path: string): Inode => {
  if (inode.kind === "directory") throw new FatError("IS_A_DIRECTORY", `a directory: ${path}`);
  return inode;
};

const dotEntry = (alias: "." | "..", start: number, now: Date): readonly Uint8Array[] =>
  encodeEntries({
    name: alias,
    alias: alias.padEnd(11),
    lower: 0,
    complete: true,
    attributes: ATTRIBUTE.directory,
    start,
    timestamp: timestampOf(now),
  });
