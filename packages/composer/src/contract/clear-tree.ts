/** Takes out of a tree what `rubbish.ts` lists, and what only pointed there. */
import { childOf, type InRoot, nameOf } from "../bake/in-root-path.ts";
import type { RootDirectory } from "../bake/root-directory.ts";
import { isCompiledPython, RUBBISH, type Rubbish } from "./rubbish.ts";
import { walk } from "./walk.ts";

export const clearTree = (root: RootDirectory): void => {
  const gone: InRoot[] = [];
  const remove = (path: InRoot): void => {
    root.remove(path);
    gone.push(path);
  };
  for (const item of RUBBISH) {
    const isUsed = item.unless !== undefined && exists(root, item.unless);
    if (!isUsed) take(root, item, remove);
  }
  removeDocumentation(root, remove);
  removeOldScripts(root, remove);
  // One pass over everything for the rest: it is most of the time that clearing takes.
  const links: InRoot[] = [];
  walk(root, root.resolve("/"), ({ path, kind }) => {
    if (isCompiledPython(nameOf(path))) {
      remove(path);
      return "leave";
    }
    if (kind === "symlink") links.push(path);
    return undefined;
  });
  removeDangling(root, links, gone);
};

const exists = (root: RootDirectory, path: string): boolean =>
  root.lstat(root.resolve(path, "follow")) !== undefined;

const take = (
  root: RootDirectory,
  { path: name, take: what }: Rubbish,
  remove: (path: InRoot) => void,
): void => {
  const path = root.resolve(name);
  if (what === "itself") {
    if (root.lstat(path) !== undefined) remove(path);
    return;
  }
  if (root.lstat(path)?.isDirectory() !== true) return;
  if (what === "files") {
    const files: InRoot[] = [];
    walk(root, path, (entry) => {
      if (entry.kind !== "directory") files.push(entry.path);
      return undefined;
    });
    for (const file of files) remove(file);
    return;
  }
  for (const entry of root.list(path)) {
    if (what === "contents" || what.test(entry)) remove(childOf(path, entry));
  }
};

/** Only the copyright files stay: licences ask for them, and the SBOM reads them. */
const removeDocumentation = (root: RootDirectory, remove: (path: InRoot) => void): void => {
  const documentation = root.resolve("/usr/share/doc");
  if (root.lstat(documentation)?.isDirectory() !== true) return;
  for (const { path, kind } of root.entries(documentation)) {
    if (kind === "file" || kind === "special") remove(path);
    if (kind !== "directory") continue;
    const names = root.list(path);
    for (const name of names) if (name !== "copyright") remove(childOf(path, name));
    if (!names.includes("copyright")) remove(path);
  }
};

/** Scripts of the old init that a unit stands for. systemd would make units of those that have none. */
const removeOldScripts = (root: RootDirectory, remove: (path: InRoot) => void): void => {
  const scripts = root.resolve("/etc/init.d");
  if (root.lstat(scripts)?.isDirectory() !== true) return;
  for (const name of root.list(scripts)) {
    if (exists(root, `/usr/lib/systemd/system/${name}.service`)) remove(childOf(scripts, name));
  }
  if (root.list(scripts).length === 0) remove(scripts);
};

/** Links to what was removed; links that led nowhere before are somebody else's matter. */
const removeDangling = (
  root: RootDirectory,
  links: readonly InRoot[],
  gone: readonly InRoot[],
): void => {
  const places = new Set<string>(gone);
  const wasHere = (path: string): boolean => {
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
      if (places.has(path.slice(0, end))) return true;
    }
    return false;
  };
  for (const link of links) {
    const target = root.resolve(link, "follow");
    if (root.lstat(link) !== undefined && root.lstat(target) === undefined && wasHere(target)) {
      root.remove(link);
    }
  }
};
