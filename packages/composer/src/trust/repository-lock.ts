/** One at a time: whoever changes a repository holds its lock, so that no two give the same version to different metadata. */
import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import path from "node:path";
import { HostError } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import { makeDirectory } from "./durable-files.ts";

/** Beside the served folders. It stays when nobody holds it: what counts is the lock on it. */
const LOCK_FILE = ".slipway-lock";

/** Longer than any commit takes; a delta is made before the lock is taken. */
const PATIENCE_SECONDS = 60;

/** The exit status of flock(1) when somebody else had the lock all the time. */
const CONFLICT = 75;

/**
 * Locks an open file for this process. Node has no flock(2); flock(1), which every Debian has, locks the open file that it inherits from us and
 * ends. The lock belongs to that open file, so it lasts until we close it, or die in whatever way: no lock is ever stale.
 */
const lockDescriptor = (descriptor: number, patienceSeconds: number): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      "flock",
      [
        "--exclusive",
        "--wait",
        String(patienceSeconds),
        "--conflict-exit-code",
        String(CONFLICT),
        "3",
      ],
      {
        stdio: ["ignore", "ignore", "ignore", descriptor],
        env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
      },
    );
    child.once("error", (cause) => {
      reject(
        new HostError("COMMAND_MISSING", "flock could not be started while locking a repository", {
          cause,
          hint: "install the package util-linux",
        }),
      );
    });
    child.once("close", resolve);
  });

/**
 * Does `work` while nobody else changes the repository.
 * @throws ComposerError `REPOSITORY_BUSY` when somebody else was at it all the time, by default for a minute, and whatever `work` throws.
 */
export const withRepositoryLock = async <T>(
  repository: string,
  work: () => Promise<T>,
  patienceSeconds: number = PATIENCE_SECONDS,
): Promise<T> => {
  await makeDirectory(repository);
  const file = path.join(repository, LOCK_FILE);
  const handle = await open(file, "a", 0o644);
  try {
    const status = await lockDescriptor(handle.fd, patienceSeconds);
    if (status === CONFLICT)
      throw new ComposerError(
        "REPOSITORY_BUSY",
        `somebody else has been changing ${repository} for ${patienceSeconds} s`,
        { hint: `run the command again; \`fuser ${file}\` shows who it is` },
      );
    if (status === null) throw new HostError("ABORTED", `interrupted while waiting for ${file}`);
    if (status !== 0)
      throw new ComposerError("REPOSITORY_BUSY", `${file} could not be locked (flock: ${status})`, {
        hint: "keep the repository on a file system that knows locks",
      });
    return await work();
  } finally {
    await handle.close();
  }
};
