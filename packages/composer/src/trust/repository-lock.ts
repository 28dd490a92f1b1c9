/** One at a time: whoever changes a repository's metadata holds its lock, so that no two give the same version to different metadata. */
import path from "node:path";
import { lockFile } from "@slipway/host";
import { ComposerError } from "../errors.ts";

/** Beside the served folders. */
const LOCK_FILE = ".slipway-lock";

/** Longer than any commit takes; a delta is made before the lock is taken. */
const PATIENCE_SECONDS = 60;

/**
 * Does `work` while nobody else changes the repository.
 * @throws ComposerError `REPOSITORY_BUSY` when somebody else was at it all the time, by default for a minute, and whatever `work` throws.
 */
export const withRepositoryLock = async <T>(
  repository: string,
  work: () => Promise<T>,
  patienceSeconds: number = PATIENCE_SECONDS,
): Promise<T> => {
  const file = path.join(repository, LOCK_FILE);
  await using lock = await lockFile(file, patienceSeconds);
  if (lock === undefined)
    throw new ComposerError(
      "REPOSITORY_BUSY",
      `somebody else has been changing ${repository} for ${patienceSeconds} s`,
      { hint: `run the command again; \`fuser ${file}\` shows who it is` },
    );
  return await work();
};
