/** Which files of a package tree a list of programs needs: links followed, libraries closed over. Pure. */
import { posix } from "node:path";
import type { ElfFacts } from "./elf.ts";

/** A package tree as far as it is looked at. Paths are absolute within the tree. */
export interface TreeView {
  /** What is at this path itself; a link is not followed. Parents are not links (see `canonical`). */
  node(path: string): TreeNode | undefined;
  /** Undefined when the file is no ELF file. */
  elf(path: string): ElfFacts | undefined;
}

export type TreeNode =
  | { readonly kind: "directory" }
  | { readonly kind: "file"; readonly mode: number }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "other" };

export interface Selection {
  /** Files and links, sorted; the directories above them are not named. */
  readonly paths: readonly string[];
  /** What was asked for and is not there, with who asked. */
  readonly missing: readonly { readonly path: string; readonly wantedBy: string }[];
  /** ELF files of another machine than the one asked for. */
  readonly foreign: readonly string[];
}

/** /bin, /sbin, /lib and /lib64 are links into /usr on every Debian since 12. */
export const canonical = (path: string): string =>
  path.replace(/^\/(bin|sbin|lib|lib64)\//, "/usr/$1/");

/** How deep links may point to links, as in the kernel. */
const MOST_LINKS = 40;

/** The given files with all that running them needs. `directories` is where libraries are looked for. */
export const selectFiles = (
  view: TreeView,
  wanted: readonly string[],
  opened: readonly string[],
  directories: readonly string[],
  machine: number,
): Selection => {
  const taken = new Set<string>();
  const missing: { path: string; wantedBy: string }[] = [];
  const foreign: string[] = [];

  const take = (path: string, wantedBy: string, depth = 0): void => {
    const real = canonical(path);
    const node = view.node(real);
    if (
      node === undefined ||
      node.kind === "directory" ||
      node.kind === "other" ||
      depth > MOST_LINKS
    ) {
      missing.push({ path: real, wantedBy });
      return;
    }
    if (taken.has(real)) return;
    taken.add(real);
    if (node.kind === "link") {
      take(posix.resolve(posix.dirname(real), node.target), real, depth + 1);
      return;
    }
    const elf = view.elf(real);
    if (elf === undefined) return;
    if (elf.machine !== machine) foreign.push(real);
    if (elf.interpreter !== undefined) take(elf.interpreter, real);
    for (const name of elf.needed) takeLibrary(name, elf.runpath, real);
  };

  const takeLibrary = (name: string, runpath: readonly string[], wantedBy: string): void => {
    const places = [
      ...runpath.map((one) => one.replace(/\$(ORIGIN|\{ORIGIN\})/, posix.dirname(wantedBy))),
      ...directories,
    ].map((directory) => canonical(posix.join(directory, name)));
    const found = places.find((place) => view.node(place) !== undefined);
    if (found === undefined) missing.push({ path: name, wantedBy });
    else take(found, wantedBy);
  };

  for (const path of wanted) take(path, "the list of contents");
  for (const name of opened) takeLibrary(name, [], "the list of opened libraries");
  // The loader takes a library that the program has loaded already, wherever it came from: libsystemd-core names
  // libsystemd-shared without a search path of its own.
  const loaded = new Set([...taken].map((path) => posix.basename(path)));
  return {
    paths: [...taken].toSorted(),
    missing: missing.filter(({ path }) => !loaded.has(path)),
    foreign,
  };
};
