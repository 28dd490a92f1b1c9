/** A digest of a tree's whole content, from which the file systems' UUIDs are derived before they exist. */
import { createHash, type Hash } from "node:crypto";
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import path from "node:path";

const BUFFER_BYTES = 1024 * 1024;

/**
 * SHA-256 over every entry in byte order of its path: type, mode, owner, and content or target. Times are left
 * out: the image has one time for all. `attributes` is the text of the tree's extended attributes, in a stable
 * order. Synchronous on purpose: for ten thousand small files, promises would take most of the time.
 */
export const treeDigest = (root: string, attributes: string): string => {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  visit(root, "/", hash, buffer);
  hash.update(attributes);
  return hash.digest("hex");
};

const visit = (root: string, at: string, hash: Hash, buffer: Buffer): void => {
  const file = path.join(root, at);
  const facts = lstatSync(file);
  hash.update(
    `${JSON.stringify([at, facts.mode, facts.uid, facts.gid, facts.isFile() ? facts.size : 0])}\n`,
  );
  if (facts.isSymbolicLink()) hash.update(`${readlinkSync(file)}\n`);
  else if (facts.isFile()) hashContent(file, hash, buffer);
  else if (facts.isDirectory()) {
    const names = readdirSync(file, { encoding: "buffer" }).toSorted((a, b) => a.compare(b));
    for (const name of names) visit(root, path.join(at, name.toString("utf8")), hash, buffer);
  }
};

const hashContent = (file: string, hash: Hash, buffer: Buffer): void => {
  const descriptor = openSync(file, "r");
  try {
    for (;;) {
      const count = readSync(descriptor, buffer);
      if (count === 0) return;
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
};
