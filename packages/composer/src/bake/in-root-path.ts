/** Paths within a tree whose parents hold no symbolic link: the only ones that the tree is asked to change. Pure. */
import { posix } from "node:path";

declare const resolved: unique symbol;

/** Absolute, clean, and every component but the last is a real directory or missing. */
export type InRoot = string & { readonly [resolved]: true };

/** Takes a path for resolved; to be called by whoever resolved it, or for paths that are one component deep. */
export function assertInRoot(path: string): asserts path is InRoot {
  const isClean = path === "/" || (posix.normalize(path) === path && !path.endsWith("/"));
  if (!path.startsWith("/") || !isClean || path.includes("\0")) {
    throw new RangeError(`${JSON.stringify(path)} is not a clean absolute path`);
  }
}

export const inRoot = (path: string): InRoot => {
  assertInRoot(path);
  return path;
};

/** The node of that name in a directory. */
export const childOf = (directory: InRoot, name: string): InRoot =>
  inRoot(directory === "/" ? `/${name}` : `${directory}/${name}`);

export const parentOf = (path: InRoot): InRoot => inRoot(posix.dirname(path));

export const nameOf = (path: InRoot): string => posix.basename(path);

/** How many components a path has. */
export const depthOf = (path: string): number => (path === "/" ? 0 : path.split("/").length - 1);

/** Whether `path` is `directory` or lies below it. */
export const isWithin = (path: string, directory: string): boolean =>
  directory === "/" || path === directory || path.startsWith(`${directory}/`);

export const componentsOf = (path: string): readonly string[] =>
  path.split("/").filter((name) => name !== "" && name !== ".");
