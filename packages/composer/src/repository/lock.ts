/**
 * One publisher or collector at a time.
 *
 * The lock is one of the kernel's on a database file, held by SQLite: Node has no other way to a lock that ends with the process that holds it,
 * by whatever death, and so none that goes stale. Nothing is ever stored in the file.
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ComposerError } from "../errors.ts";
import { WORK_DIRECTORY } from "./layout.ts";

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && error.errcode === 5;

/**
 * Holds the repository for writing until it is disposed.
 * @throws ComposerError `REPOSITORY_BUSY` when another process does.
 */
export const lockRepository = async (repo: string): Promise<AsyncDisposable> => {
  const work = path.join(repo, WORK_DIRECTORY);
  await mkdir(work, { recursive: true });
  const file = path.join(work, "lock");
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new ComposerError("REPOSITORY_BUSY", `another publish or gc works on ${repo}`, {
      cause,
      hint: "run it again when that has finished",
    });
  }
  return {
    [Symbol.asyncDispose]: async () => {
      database.close();
      return Promise.resolve();
    },
  };
};
