/** Directories into which the image, and then the operator, drop files: the same rules for settings and for health checks. */
import path from "node:path/posix";
import type { Places } from "../health/ports.ts";

/** A file of theirs; `text` is undefined where it could not be read, for the reason in `problem`. */
export interface DropIn {
  readonly file: string;
  readonly text?: string;
  readonly problem?: string;
}

export interface DropInKind {
  /** The directories; a name in a later one stands for the same name in an earlier one. */
  readonly directories: readonly string[];
  /** How their names end, with the dot. */
  readonly endings: readonly string[];
  readonly mostBytes: number;
}

/** More files than this are a mistake, and are told as one. */
const MAX_FILES = 64;

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);

/** Editors leave hidden files about. */
const isOne = (name: string, endings: readonly string[]): boolean =>
  !name.startsWith(".") && endings.some((ending) => name.endsWith(ending));

/** The files in the order of their names, but for those that a link to /dev/null masks, as in systemd. Never throws. */
export const readDropIns = async (
  places: Pick<Places, "names" | "link" | "text">,
  { directories, endings, mostBytes }: DropInKind,
): Promise<readonly DropIn[]> => {
  const byName = new Map<string, string>();
  const found: DropIn[] = [];
  for (const directory of directories) {
    try {
      for (const name of await places.names(directory))
        if (isOne(name, endings)) byName.set(name, path.join(directory, name));
    } catch (error) {
      found.push({ file: directory, problem: messageOf(error) });
    }
  }
  const files = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
  for (const file of files.slice(0, MAX_FILES)) {
    try {
      if ((await places.link(file)) === "/dev/null") continue;
      found.push({ file, text: await places.text(file, mostBytes) });
    } catch (error) {
      found.push({ file, problem: messageOf(error) });
    }
  }
  const tooMany = files[MAX_FILES];
  return tooMany === undefined
    ? found
    : [...found, { file: tooMany, problem: `there are more than ${MAX_FILES} files` }];
};
