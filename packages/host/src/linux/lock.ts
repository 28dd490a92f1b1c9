/** A lock on a file, which ends with the process that holds it. */
import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { HostError } from "../errors.ts";

/** The exit status of flock(1) when somebody else had the lock all the time. */
const CONFLICT = 75;

/**
 * Locks an open file for this process. Node has no flock(2); flock(1), which every Debian has, locks the open file that it inherits from us and
 * ends. The lock belongs to that open file, so it lasts until we close it, or die in whatever way: no lock is ever stale.
 */
const lockDescriptor = (descriptor: number, waitSeconds: number): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const options = ["--exclusive", "--wait", String(waitSeconds)];
    const child = spawn("flock", [...options, "--conflict-exit-code", String(CONFLICT), "3"], {
      stdio: ["ignore", "ignore", "ignore", descriptor],
      env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
    });
    child.once("error", (cause) => {
      reject(
        new HostError("COMMAND_MISSING", "flock could not be started while locking a file", {
          cause,
          hint: "install the package util-linux",
        }),
      );
    });
    child.once("close", resolve);
  });

/**
 * Locks a file, which is made where there is none, with the directories above, and stays when nobody holds it: what counts is the lock on it.
 * @param waitSeconds how long to wait for somebody else; with 0 not at all.
 * @returns the lock, held until it is disposed; undefined when somebody else has it.
 * @throws HostError `FILE_FAILED` where the file cannot be locked at all; `COMMAND_MISSING`, `ABORTED`.
 */
export const lockFile = async (
  file: string,
  waitSeconds: number,
): Promise<AsyncDisposable | undefined> => {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, "a", 0o644);
  let isHeld = false;
  try {
    const status = await lockDescriptor(handle.fd, waitSeconds);
    if (status === CONFLICT) return undefined;
    if (status === null) throw new HostError("ABORTED", `interrupted while waiting for ${file}`);
    if (status !== 0)
      throw new HostError("FILE_FAILED", `${file} could not be locked (flock: ${status})`, {
        hint: "keep it on a file system that knows locks",
      });
    isHeld = true;
    return handle;
  } finally {
    if (!isHeld) await handle.close();
  }
};
