/** One publisher or collector at a time: what one is about to name, the other would collect. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { lockFile } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import { WORK_DIRECTORY } from "./work-directory.ts";

/**
 * Does `work` while nobody else publishes or collects. It is another lock than the one under which lists are signed: making deltas takes minutes,
 * and all that time somebody must be able to pause a rollout and to refresh dates.
 * @throws ComposerError `NOT_A_REPOSITORY`; `REPOSITORY_BUSY` at once when somebody else is at it; and whatever `work` throws.
 */
export const asOnlyPublisher = async <T>(repo: string, work: () => Promise<T>): Promise<T> => {
  await requireMetadata(repo);
  await using lock = await lockFile(path.join(repo, WORK_DIRECTORY, "lock"), 0);
  if (lock === undefined)
    throw new ComposerError("REPOSITORY_BUSY", `somebody else publishes into ${repo} or collects`, {
      hint: "run it again when that has finished",
    });
  return await work();
};

const requireMetadata = async (repo: string): Promise<void> => {
  await stat(path.join(repo, "metadata")).catch((cause: unknown) => {
    throw new ComposerError("NOT_A_REPOSITORY", `${repo} has no metadata`, {
      cause,
      hint: "make its keys and first metadata with `slipway keys init`",
    });
  });
};
