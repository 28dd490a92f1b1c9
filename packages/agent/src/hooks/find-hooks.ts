/** Which programs are the hooks of a point. */
import path from "node:path/posix";
import { HOOK_DIRECTORIES } from "@slipway/release";
import type { HookPorts } from "./ports.ts";
import type { HookPoint } from "./point.ts";

export interface Hook {
  /** Such as `pre-reboot.d/50-drain`. */
  readonly name: string;
  readonly file: string;
}

export interface FoundHooks {
  /** In the order of their names. */
  readonly hooks: readonly Hook[];
  /** What is there and cannot be looked at: whether it is a hook, nobody knows. */
  readonly problems: readonly string[];
}

/** More than these are a mistake. */
const MOST_HOOKS = 64;

/** Neither what editors and dpkg leave about, nor what would need quoting. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const LEFT_ABOUT = /\.(?:bak|orig|rej|swp|dpkg-[a-z]+)$/;

const why = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);

/** A name in a later directory stands for the same name in an earlier one, and takes it away where it is masked. Never throws. */
export const findHooks = async (
  { names, fileAt }: Pick<HookPorts, "names" | "fileAt">,
  point: HookPoint,
  directories: readonly string[] = HOOK_DIRECTORIES,
): Promise<FoundHooks> => {
  const byName = new Map<string, string>();
  const problems: string[] = [];
  for (const directory of directories.map((above) => path.join(above, `${point}.d`))) {
    try {
      for (const name of await names(directory))
        if (NAME.test(name) && !LEFT_ABOUT.test(name)) byName.set(name, path.join(directory, name));
    } catch (error) {
      problems.push(`${directory} cannot be read: ${why(error)}`);
    }
  }
  const hooks: Hook[] = [];
  for (const [name, file] of [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      if ((await fileAt(file)) === "program") hooks.push({ name: `${point}.d/${name}`, file });
    } catch (error) {
      problems.push(`${file} cannot be looked at: ${why(error)}`);
    }
  }
  if (hooks.length > MOST_HOOKS) problems.push(`${point}.d has more than ${MOST_HOOKS} hooks`);
  return { hooks: hooks.slice(0, MOST_HOOKS), problems };
};
