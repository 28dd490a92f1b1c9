/** Two trees held against each other, path by path. */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";

/** Everything about an entry that an image keeps, as `name=value` words. */
export type TreeFacts = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Reads a tree. `attributes` are extended attributes by path, as text. */
export const describeTree = (root: string, attributes: ReadonlyMap<string, string>): TreeFacts => {
  const facts = new Map<string, Readonly<Record<string, string>>>();
  const visit = (at: string): void => {
    const file = path.join(root, at);
    const stats = lstatSync(file);
    const directory = stats.isDirectory();
    facts.set(at, {
      type: directory
        ? "directory"
        : stats.isSymbolicLink()
          ? "link"
          : stats.isFile()
            ? "file"
            : "other",
      mode: (stats.mode & 0o7777).toString(8),
      owner: `${stats.uid}:${stats.gid}`,
      // A directory's link count only counts its subdirectories, which are compared themselves.
      ...(directory ? {} : { links: String(stats.nlink) }),
      ...(stats.isSymbolicLink() ? { target: readlinkSync(file) } : {}),
      ...(stats.isFile()
        ? { content: createHash("sha256").update(readFileSync(file)).digest("hex") }
        : {}),
      ...(attributes.has(at) ? { attributes: attributes.get(at) ?? "" } : {}),
    });
    if (directory) for (const name of readdirSync(file)) visit(path.posix.join(at, name));
  };
  visit("/");
  return facts;
};

/** The paths that differ, sorted, each with what differs: `only in A`, `only in B`, or names of facts. */
export const compareTrees = (a: TreeFacts, b: TreeFacts): ReadonlyMap<string, string> => {
  const differences = new Map<string, string>();
  for (const file of [...new Set([...a.keys(), ...b.keys()])].toSorted()) {
    const [left, right] = [a.get(file), b.get(file)];
    if (left === undefined || right === undefined) {
      differences.set(file, left === undefined ? "only in B" : "only in A");
      continue;
    }
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    const differing = names.filter((name) => left[name] !== right[name]);
    if (differing.length > 0) differences.set(file, differing.join(" "));
  }
  return differences;
};
