/** What the runner needs of a program that builds images, and what its files on disk have in common. Shell. */
import { mkdir, rm } from "node:fs/promises";

/** A command line as the measuring program starts it. */
export interface Invocation {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The file that "config changed" changes, in either image. */
export const CHANGED_FILE = "/etc/bench-compose";

/** Makes a directory, or empties it. */
export const clear = async (directory: string): Promise<void> => {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
};
