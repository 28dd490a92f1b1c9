import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";
import { type Command, type CommandResult, OUTPUT_LIMIT } from "../command.ts";
import { commandFailed, HostError } from "../errors.ts";
import type { Exec, RunOptions } from "../exec.ts";

const LINE_LIMIT = 64 * 1024;
/** A build that is stopped has nothing to finish: what it made is thrown away. */
const GRACE_MS = 2000;

/** The environment of every program: fixed, so that no setting of the user's changes what is built. */
const BASE_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
  TZ: "UTC",
};

/** Collects one stream: the last `OUTPUT_LIMIT` bytes as text, and each line as it comes. */
const collector = (onLine: ((line: string) => void) | undefined) => {
  const decoder = new StringDecoder("utf8");
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let pending = "";
  const lines = (text: string, last: boolean): void => {
    if (onLine === undefined) return;
    const pieces = (pending + text).split("\n");
    pending = pieces.pop() ?? "";
    for (const line of pieces) onLine(line);
    if (pending !== "" && (last || pending.length > LINE_LIMIT)) {
      onLine(pending);
      pending = "";
    }
  };
  return {
    push: (chunk: Buffer): void => {
      kept.push(chunk);
      keptBytes += chunk.length;
      // Halving rather than trimming at every chunk keeps the cost linear in the output.
      if (keptBytes > 2 * OUTPUT_LIMIT) {
        kept = [Buffer.concat(kept).subarray(-OUTPUT_LIMIT)];
        keptBytes = OUTPUT_LIMIT;
      }
      lines(decoder.write(chunk), false);
    },
    end: (): string => {
      lines(decoder.end(), true);
      return Buffer.concat(kept).subarray(-OUTPUT_LIMIT).toString("utf8");
    },
  };
};

/**
 * SIGTERM now, SIGKILL when that was not enough, to the program and all that is still in its process group. To the
 * group, since a sandbox that is ended while it starts can lose its first process before its second one has asked to
 * die with it; that one would wait for ever, and hold our pipes open.
 */
const endGroup = (child: ChildProcess): NodeJS.Timeout => {
  const send = (name: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // Nobody is left in it.
    }
  };
  send("SIGTERM");
  return setTimeout(() => send("SIGKILL"), GRACE_MS);
};

const run = async (command: Command, options: RunOptions = {}): Promise<CommandResult> => {
  const { signal, accept = [0] } = options;
  const [program, ...args] = command.argv;
  if (signal !== undefined && isAborted(signal)) throw aborted(command, signal);
  const child = spawn(program, args, {
    cwd: command.cwd ?? "/",
    env: { ...BASE_ENVIRONMENT, ...command.env },
    stdio: [command.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    // In a process group of its own: the terminal's Ctrl-C is for us, and ending the group ends all of it.
    detached: true,
  });
  const stdout = collector(options.onStdoutLine);
  const stderr = collector(options.onStderrLine);
  child.stdout?.on("data", stdout.push);
  child.stderr?.on("data", stderr.push);
  if (command.stdin !== undefined) {
    // A program that ends without reading its input is judged by its exit status, not by EPIPE.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(command.stdin);
  }
  let [timedOut, grace]: [boolean, NodeJS.Timeout | undefined] = [false, undefined];
  const end = (): void => {
    grace ??= endGroup(child);
  };
  const timer =
    command.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end();
        }, command.timeoutMs);
  const onAbort = end;
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, killedBy) => resolve(code ?? 128 + signalNumber(killedBy)));
    });
    const result = { stdout: stdout.end(), stderr: stderr.end(), exitCode };
    if (signal !== undefined && isAborted(signal)) throw aborted(command, signal);
    if (timedOut) {
      throw new HostError(
        "COMMAND_TIMEOUT",
        `${program} did not finish within ${command.timeoutMs} ms while ${command.purpose}`,
        { command },
      );
    }
    if (!accept.includes(exitCode)) throw commandFailed(command, result);
    return result;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      throw new HostError("COMMAND_MISSING", `${program} was not found while ${command.purpose}`, {
        command,
        cause,
        hint: `install the package that holds ${program}, or start through ./slipway, which installs what is missing`,
      });
    }
    throw cause;
  } finally {
    clearTimeout(timer);
    // Its output has ended, and so has everything that could write to it.
    clearTimeout(grace);
    signal?.removeEventListener("abort", onAbort);
  }
};

const aborted = (command: Command, signal: AbortSignal): HostError =>
  new HostError("ABORTED", `interrupted while ${command.purpose}`, {
    command,
    cause: signal.reason,
  });

/** A function, since the compiler takes a property it has seen false to stay so. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

const signalNumber = (name: NodeJS.Signals | null): number =>
  name === null ? 0 : constants.signals[name];

/** Programs of this machine. */
export const linuxExec: Exec = { run };
