/** Files that nothing names any more, and since when: what lets gc leave them to clients that are still on their way. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";
import { durableFiles } from "../durable/files.ts";
import { repositoryFile } from "@slipway/release";
import { WORK_DIRECTORY } from "./work-directory.ts";

/** Since when each file, by its path, is named by nothing: seconds since 1970. */
export type Condemned = ReadonlyMap<string, number>;

const fileOf = (repo: string): string => path.join(repo, WORK_DIRECTORY, "condemned.json");

/** The list of the last run. One that cannot be read counts as none: then everything waits its time again. */
export const readCondemned = async (repo: string): Promise<Condemned> => {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(fileOf(repo), "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === "ENOENT") return new Map();
    throw error;
  }
  if (typeof value !== "object" || value === null) return new Map();
  return new Map(
    Object.entries(value).filter(
      (entry): entry is [string, number] =>
        repositoryFile(entry[0]) !== undefined &&
        typeof entry[1] === "number" &&
        Number.isSafeInteger(entry[1]),
    ),
  );
};

export const writeCondemned = (repo: string, condemned: Condemned): Promise<void> =>
  durableFiles.write(fileOf(repo), `${JSON.stringify(Object.fromEntries(condemned))}\n`, 0o644);

export interface Sentence {
  /** Named by nothing for long enough. */
  readonly due: readonly string[];
  /** Named by nothing, and waiting. */
  readonly waiting: Condemned;
}

/** What becomes of the files that nothing names, given how long each has been so. A clock that was ahead once costs a file no time. */
export const sentence = (
  unnamed: readonly string[],
  before: Condemned,
  { now, graceSeconds }: { readonly now: number; readonly graceSeconds: number },
): Sentence => {
  const since = unnamed.map((file): readonly [string, number] => [
    file,
    Math.min(before.get(file) ?? now, now),
  ]);
  const isDue = ([, moment]: readonly [string, number]): boolean => now - moment >= graceSeconds;
  return {
    due: since.filter(isDue).map(([file]) => file),
    waiting: new Map(since.filter((entry) => !isDue(entry))),
  };
};
