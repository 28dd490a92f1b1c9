/** One publisher or collector at a time: what one is about to name, the other would collect. */
import path from "node:path";
import { lockFile } from "../durable/lock.ts";
import { ComposerError } from "../errors.ts";
import { WORK_DIRECTORY } from "./layout.ts";

/**
 * Holds the repository's files for writing until it is disposed. Its metadata has a lock of its own, held only while it is written, so
 * that dates can be signed anew while a large release is published.
 * @throws ComposerError `REPOSITORY_BUSY` when another process does.
 */
export const lockRepository = async (repo: string): Promise<AsyncDisposable> => {
  const lock = await lockFile(path.join(repo, WORK_DIRECTORY, "lock"), 0);
  if (lock === undefined)
    throw new ComposerError("REPOSITORY_BUSY", `another publish or gc works on ${repo}`, {
      hint: "run it again when that has finished",
    });
  return lock;
};
