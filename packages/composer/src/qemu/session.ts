/**
 * A machine that a program talks with for as long as it likes: over reboots, with its console in view, one command after
 * the other, and with the power cut when it says so.
 */
import type { Clock } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import { consoleTail } from "./console-tail.ts";
import type { Message, StopCause } from "./control.ts";
import { parseShellMessage, type ShellMessage, shellRequest } from "./guest-shell.ts";
import { onLine } from "./lines.ts";
import { type Monitor, openMonitor } from "./monitor.ts";
import { processorsOf } from "./processors.ts";
import type { Program } from "./spawn.ts";
import { endProgram } from "./supervise.ts";

/** The order of the channels that a session's program is started with. */
export const SESSION_CHANNELS = ["control", "console", "shell"] as const;

/** A boot under emulation takes from half a minute to one and a half, by the day; thrice that, where three machines share two processors. */
const UP_MS = 600_000;
const COMMAND_MS = 600_000;
const TAIL_LINES = 60;

export type GuestUp = Omit<ShellMessage & { kind: "up" }, "kind">;
export type GuestDone = Omit<ShellMessage & { kind: "done" }, "kind">;

export interface MachineSession {
  /**
   * Waits until the system has come up: for the first boot that nobody has waited for yet.
   * @throws ComposerError `MACHINE_TIMEOUT` or `MACHINE_RESET` (it ended), with the console's last lines, as all of these do.
   */
  up(timeoutMs?: number): Promise<GuestUp>;
  /** Runs a shell script in the guest, which is up. Its status is for the caller to judge. */
  run(script: string, timeoutMs?: number): Promise<GuestDone>;
  /** Starts a script that does not come back, such as one that reboots or crashes the guest. */
  send(script: string): void;
  /** All that the console has said since the machine was switched on. */
  console(): string;
  /** Waits until the console has said it; answers the match. Looks at all of it, or only at what comes after `from`. */
  says(pattern: RegExp, options?: { timeoutMs?: number; from?: number }): Promise<RegExpExecArray>;
  /** Types on the console. */
  type(text: string): void;
  /** How often the guest has been reset, and how often by its watchdog. */
  resets(): number;
  watchdogs(): number;
  /** Waits until it has been reset so often. */
  reset(count?: number, timeoutMs?: number): Promise<void>;
  /** Waits until the machine has stopped by itself; answers why. */
  off(timeoutMs?: number): Promise<StopCause>;
  /** Lets the guest power off in good order. */
  powerOff(): Promise<void>;
  /** Takes the power away. What the guest has written, flushed or not, is in the disks' files. */
  cut(): Promise<void>;
  /** QEMU's own commands (QMP): `stop`, `cont`, `system_reset`. */
  readonly execute: Monitor["execute"];
  /** What QEMU tells people. */
  readonly info: Monitor["info"];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Takes a just started program with the channels of `SESSION_CHANNELS`. */
export const openSession = (program: Program, clock: Clock): MachineSession => {
  const [control, console_, shell] = program.channels;
  if (control === undefined || console_ === undefined || shell === undefined) {
    throw new TypeError("a machine without its channels");
  }
  let text = "";
  let complaint = "";
  let resets = 0;
  let watchdogs = 0;
  let over = false;
  /** Boots that nobody has asked for yet. */
  const boots: GuestUp[] = [];
  const answers: GuestDone[] = [];
  let changed = Promise.withResolvers<void>();
  const tell = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  console_.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    tell();
  });
  program.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8");
  });
  const { execute, info, quit, stop } = openMonitor(control, (event: Message) => {
    if (event.kind === "reset") {
      resets += 1;
      // Nothing that the guest has said before is of use any more.
      boots.length = 0;
      answers.length = 0;
    }
    if (event.kind === "watchdog") watchdogs += 1;
    tell();
  });
  onLine(shell, (line) => {
    const message = parseShellMessage(line);
    if (message === undefined) return;
    const { kind, ...rest } = message;
    if (kind === "up" && "bootId" in rest) boots.push(rest);
    if (kind === "done" && "status" in rest) answers.push(rest);
    tell();
  });
  const ended = program.ended.finally(() => {
    over = true;
    tell();
  });
  // Who waits is told by `over`; a program that cannot be started rejects there as well.
  ended.catch(() => undefined);

  const failed = async (
    code: "MACHINE_TIMEOUT" | "MACHINE_RESET",
    what: string,
  ): Promise<ComposerError> => {
    const told = `${what}\n${complaint}the last lines of the console:\n${consoleTail(text, TAIL_LINES)}`;
    const processors = over ? "" : await processorsOf(info, clock);
    return new ComposerError(
      code,
      processors === "" ? told : `${told}\nthe processors:\n${processors}`,
    );
  };

  /** Looks again whenever something has happened. */
  const until = async <T>(
    what: string,
    timeoutMs: number,
    look: () => T | undefined,
    onOver?: () => T,
  ): Promise<T> => {
    const timer = new AbortController();
    let late = false;
    const expire = (): void => {
      late = true;
      tell();
    };
    clock.sleep(timeoutMs, timer.signal).then(expire, () => undefined);
    try {
      for (;;) {
        const next = changed.promise;
        const found = look();
        if (found !== undefined) return found;
        if (over) {
          if (onOver !== undefined) return onOver();
          throw await failed("MACHINE_RESET", `the machine ended before ${what}`);
        }
        if (late)
          throw await failed("MACHINE_TIMEOUT", `not within ${timeoutMs / 1000} s: ${what}`);
        await next;
      }
    } finally {
      timer.abort();
    }
  };

  const cut = (): Promise<void> => endProgram(program, clock, quit);
  const send = (script: string): void => void shell.write(shellRequest(script));
  const off = (timeoutMs = COMMAND_MS): Promise<StopCause> =>
    until(
      "the machine is off",
      timeoutMs,
      () => undefined,
      () => stop() ?? "other",
    );
  return {
    up: (timeoutMs = UP_MS) => until("the system is up", timeoutMs, () => boots.shift()),
    run: async (script, timeoutMs = COMMAND_MS) => {
      send(script);
      return until(`the end of: ${script}`, timeoutMs, () => answers.shift());
    },
    send,
    console: () => text,
    says: (pattern, { timeoutMs = UP_MS, from = 0 } = {}) =>
      until(
        `${String(pattern)} on the console`,
        timeoutMs,
        () => pattern.exec(text.slice(from)) ?? undefined,
      ),
    type: (keys) => void console_.write(keys),
    resets: () => resets,
    watchdogs: () => watchdogs,
    reset: (count = 1, timeoutMs = UP_MS) =>
      until(`reset ${count}`, timeoutMs, () => (resets >= count ? true : undefined)).then(
        () => undefined,
      ),
    off,
    powerOff: async () => {
      send("systemctl --no-block poweroff");
      await off();
      await program.ended;
    },
    cut,
    execute,
    info,
    [Symbol.asyncDispose]: cut,
  };
};
