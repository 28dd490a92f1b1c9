/** One publisher or collector at a time. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { ComposerError } from "../errors.ts";
import { withRepositoryLock } from "../trust/repository-lock.ts";
import { WORK_DIRECTORY } from "./layout.ts";

/**
 * Does `work` while nobody else publishes or collects. It is another lock than the one under which lists are signed: making deltas takes minutes,
 * and all that time somebody must be able to pause a rollout and to refresh dates.
 * @throws ComposerError `NOT_A_REPOSITORY`; `REPOSITORY_BUSY` at once when somebody else is at it; and whatever `work` throws.
 */
export const asOnlyPublisher = async <T>(repo: string, work: () => Promise<T>): Promise<T> => {
  await requireMetadata(repo);
  let begun = false;
  const begin = (): Promise<T> => {
    begun = true;
    return work();
  };
  try {
    return await withRepositoryLock(path.join(repo, WORK_DIRECTORY), begin, 0);
  } catch (cause) {
    if (begun || !(cause instanceof ComposerError) || cause.code !== "REPOSITORY_BUSY") throw cause;
    throw new ComposerError("REPOSITORY_BUSY", `somebody else publishes into ${repo} or collects`, {
      cause,
      hint: "run it again when that has finished",
    });
  }
};

const requireMetadata = async (repo: string): Promise<void> => {
  await stat(path.join(repo, "metadata")).catch((cause: unknown) => {
    throw new ComposerError("NOT_A_REPOSITORY", `${repo} has no metadata`, {
      cause,
      hint: "make its keys and first metadata with `slipway keys init`",
    });
  });
};
