/** Hooks on this machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readlink, stat } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import { errnoOf, linuxClock } from "@slipway/host";
import type { Ending, HookFile, HookPorts, HookProgram } from "../ports.ts";

const MAY_EXECUTE = 0o111;

const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "");

const linkOf = async (file: string): Promise<string | undefined> => {
  try {
    return await readlink(file);
  } catch (error) {
    if (isMissing(error) || errnoOf(error) === "EINVAL") return undefined;
    throw error;
  }
};

/** By its mode, and not by what access(2) says: a hook on a file system without programs shall fail for all to see, and not be passed over. */
const fileAt = async (file: string): Promise<HookFile> => {
  if ((await linkOf(file)) === "/dev/null") return "masked";
  const status = await stat(file);
  return status.isFile() && (status.mode & MAY_EXECUTE) !== 0 ? "program" : "masked";
};

const names = async (directory: string): Promise<readonly string[]> => {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

/** Longer ones are cut into pieces. */
const LONGEST_LINE = 4096;

const splitter = (onLine: (line: string) => void) => {
  const decoder = new StringDecoder("utf8");
  let pending = "";
  const take = (text: string): void => {
    const pieces = (pending + text).split("\n");
    pending = pieces.pop() ?? "";
    for (const piece of pieces) onLine(piece);
    if (pending.length <= LONGEST_LINE) return;
    onLine(pending);
    pending = "";
  };
  return {
    take: (chunk: Buffer): void => take(decoder.write(chunk)),
    end: (): void => {
      take(decoder.end());
      if (pending !== "") onLine(pending);
      pending = "";
    },
  };
};

/** From SIGTERM to SIGKILL. */
const GRACE_MS = 5000;
/** What a program wrote before it ended is read by then; what it left behind would hold the pipes for ever. */
const LAST_WORDS_MS = 500;

const kill = ({ pid }: ChildProcess, signal: NodeJS.Signals): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in its group.
  }
};

const endingOf = (status: number | null, signal: NodeJS.Signals | null): Ending =>
  signal === null ? { kind: "exited", status: status ?? 1 } : { kind: "killed", signal };

const start = ({ file, environment }: HookProgram) =>
  spawn(file, [], {
    cwd: "/",
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    // In a process group of its own, so that all of it can be ended.
    detached: true,
  });

const run = async (program: HookProgram): Promise<Ending> => {
  try {
    return await follow(start(program), program);
  } catch (error) {
    // What Node.js does not tell as an event, such as a file that is being written.
    return { kind: "not-started", reason: error instanceof Error ? error.message : String(error) };
  }
};

/**
 * A hook has ended when its first process has: what that leaves in its process group is killed. What has left the group as well, systemd ends with the unit.
 */
const follow = async (
  child: ReturnType<typeof start>,
  { timeoutMs, onLine, signal }: HookProgram,
): Promise<Ending> => {
  const outputs = [child.stdout, child.stderr].map((stream) => {
    const lines = splitter(onLine);
    stream.on("data", lines.take);
    return { stream, lines };
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let isLate = false;
  let killing: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (killing !== undefined) return;
    kill(child, "SIGTERM");
    killing = setTimeout(() => kill(child, "SIGKILL"), GRACE_MS);
  };
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, timeoutMs);
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted === true) end();
  const ending = await new Promise<Ending>((resolve) => {
    child.once("error", ({ message }) => resolve({ kind: "not-started", reason: message }));
    child.once("exit", (status, by) => resolve(endingOf(status, by)));
  });
  clearTimeout(timer);
  clearTimeout(killing);
  signal?.removeEventListener("abort", end);
  kill(child, "SIGKILL");
  if (ending.kind !== "not-started") await Promise.race([closed, sleep(LAST_WORDS_MS)]);
  for (const { stream, lines } of outputs) {
    stream.destroy();
    lines.end();
  }
  return isLate ? { kind: "timed-out" } : ending;
};

export const linuxHookPorts = (log: (line: string) => void): HookPorts => ({
  names,
  fileAt,
  run,
  clock: linuxClock,
  log,
});
