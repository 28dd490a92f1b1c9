import { constants, lstatSync, openSync, readSync, closeSync, readlinkSync } from "node:fs";

/** As many as the kernel follows before it gives up with ELOOP. */
const MAX_LINKS = 40;

/**
 * Reads a file of a tree that is not this machine's: symbolic links, absolute ones too, are followed within `root` and
 * never lead out of it. Returns undefined when there is no such regular file, or it is longer than `limit` bytes. Nothing
 * may change the tree meanwhile.
 */
export const readInRoot = (root: string, path: string, limit: number): Uint8Array | undefined => {
  const resolved = resolveInRoot(root, path);
  return resolved === undefined ? undefined : readRegularFile(`${root}${resolved}`, limit);
};

/** The path within the tree without any link in it, or undefined when it names nothing. */
const resolveInRoot = (root: string, path: string): string | undefined => {
  let pending = components(path);
  const done: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const [name = "", ...rest] = pending;
    pending = rest;
    if (name === "..") {
      // At the root, ".." stays there: so does the kernel after chroot(2).
      done.pop();
      continue;
    }
    const here = `/${[...done, name].join("/")}`;
    const target = linkTarget(`${root}${here}`);
    if (target === undefined) return undefined;
    if (target === "") {
      done.push(name);
      continue;
    }
    if (++links > MAX_LINKS) return undefined;
    if (target.startsWith("/")) done.length = 0;
    pending = [...components(target), ...pending];
  }
  return `/${done.join("/")}`;
};

const components = (path: string): readonly string[] =>
  path.split("/").filter((name) => name !== "" && name !== ".");

/** Where a link points; "" when it is something else, undefined when there is nothing. */
const linkTarget = (hostPath: string): string | undefined => {
  const stats = lstatSync(hostPath, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isSymbolicLink() ? readlinkSync(hostPath) : "";
};

const readRegularFile = (hostPath: string, limit: number): Uint8Array | undefined => {
  const stats = lstatSync(hostPath);
  if (!stats.isFile() || stats.size > limit) return undefined;
  const file = openSync(hostPath, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const bytes = new Uint8Array(stats.size);
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(file, bytes, read, bytes.length - read, read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
};
