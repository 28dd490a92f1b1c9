/** From a package tree and a plan of modules to the complete list of an initrd's entries. Pure. */
import { posix } from "node:path";
import { OPENED_LIBRARIES, OTHER_FILES, PROGRAMS, UNITS } from "./contents.ts";
import type { InitrdEntry } from "./entry.ts";
import { selectFiles, type Selection, type TreeView } from "./libraries.ts";

const UNIT_DIRECTORY = "/usr/lib/systemd/system";

/** Everything the initrd takes out of its packages. `links` lists all links in the unit directory's `.wants`. */
export const selectContents = (
  view: TreeView,
  wants: readonly string[],
  multiarch: string,
  machine: number,
): Selection => {
  const units = new Set(UNITS);
  const wanted = [
    ...PROGRAMS,
    ...UNITS.map((name) => `${UNIT_DIRECTORY}/${name}`),
    ...OTHER_FILES,
    ...wants.filter((path) => units.has(posix.basename(path)) && units.has(wanter(path))),
  ];
  const directories = [`/usr/lib/${multiarch}`, "/usr/lib", "/usr/lib64"];
  return selectFiles(view, wanted, OPENED_LIBRARIES, directories, machine);
};

/** `…/sysinit.target.wants/x.service` → `sysinit.target`. */
const wanter = (path: string): string =>
  posix.basename(posix.dirname(path)).replace(/\.wants$/, "");

/** Adds the directories above the entries, all root's and 0755 where the list does not say otherwise. */
export const withDirectories = (entries: readonly InitrdEntry[]): readonly InitrdEntry[] => {
  const known = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    for (let above = posix.dirname(path); above !== "/"; above = posix.dirname(above)) {
      if (!known.has(above)) known.set(above, { kind: "directory", path: above, mode: 0o755 });
    }
  }
  return [...known.values()];
};
