/** Watching over a running QEMU: its end, a command's output and outcome, deadlines, interrupts. */
import { readFile } from "node:fs/promises";
import { type Clock, HostError } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import { consoleTail } from "./console-tail.ts";
import type { StopCause } from "./control.ts";
import { parseStatus } from "./guest-command.ts";
import { onLine } from "./lines.ts";
import { type Monitor, openMonitor } from "./monitor.ts";
import type { Program } from "./spawn.ts";

/** How long QEMU may take to close its files before it is killed. */
const QUIT_MS = 3000;
/** How long a guest whose command has ended may take to power off; an orderly stop takes seconds. */
const POWER_OFF_MS = 60_000;
const TAIL_LINES = 40;
/** The most that is kept of an output, in bytes; the caller sees all of it as it comes. */
const KEPT_BYTES: number = 8 * 2 ** 20;

export interface CommandWatch {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly consoleFile: string;
  readonly onStdout?: (chunk: Uint8Array) => void;
  readonly onStderr?: (chunk: Uint8Array) => void;
}

export interface CommandOutcome {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What systemd said of itself before the command ran: `running` or `degraded`. */
  readonly state: string;
  readonly timings: {
    /** From the start of QEMU until the system had come up, until the command ended, until the power was off. */
    readonly settledMs: number;
    readonly commandMs: number;
    readonly totalMs: number;
  };
}

/** Ends QEMU, in good order if it can. */
export const endProgram = async (
  program: Program,
  clock: Clock,
  quit: () => void,
): Promise<void> => {
  quit();
  const over = new AbortController();
  const late = clock.sleep(QUIT_MS, over.signal).then(
    () => program.kill(),
    () => undefined,
  );
  await program.ended;
  over.abort();
  await late;
};

/** Until the guest powers off or the person ends it. `onStart` may ask QEMU what it has to say. */
export const superviseTerminal = async (
  program: Program,
  clock: Clock,
  signal: AbortSignal | undefined,
  onStart: (monitor: Monitor) => Promise<void> = async () => undefined,
): Promise<number> => {
  const complaint = collect(program.stderr);
  const [channel] = program.channels;
  if (channel === undefined) throw new TypeError("a machine without control channel");
  const monitor = openMonitor(channel);
  const { quit } = monitor;
  const onAbort = (): void => void endProgram(program, clock, quit);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    // What fails here fails because QEMU has ended, and that is told below in QEMU's own words.
    await Promise.race([onStart(monitor).catch(() => undefined), program.ended]);
    const status = await program.ended;
    if (status !== 0 && signal?.aborted !== true) throw failed(status, complaint());
    return 0;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
};

/** Until the command has ended and the guest has powered off. */
export const superviseCommand = async (
  program: Program,
  watch: CommandWatch,
  signal: AbortSignal | undefined,
): Promise<CommandOutcome> => {
  const { clock, timeoutMs } = watch;
  const started = clock.monotonicMs();
  const since = (): number => Math.round(clock.monotonicMs() - started);
  const [channel, status, stdout, stderr] = program.channels;
  if (
    channel === undefined ||
    status === undefined ||
    stdout === undefined ||
    stderr === undefined
  ) {
    throw new TypeError("a machine without its channels");
  }
  const { stop, quit } = openMonitor(channel);
  const complaint = collect(program.stderr);
  const output = collect(stdout, watch.onStdout);
  const errors = collect(stderr, watch.onStderr);
  let settled: { readonly state: string; readonly atMs: number } | undefined;
  let exit: { readonly status: number; readonly atMs: number } | undefined;
  const jobs: string[] = [];

  // The reason for ending early; whatever comes first.
  const ending = Promise.withResolvers<"timeout" | "interrupt" | "ended">();
  const timers = new AbortController();
  const expireAfter = (ms: number): void => {
    clock.sleep(ms, timers.signal).then(
      () => ending.resolve("timeout"),
      () => undefined,
    );
  };
  onLine(status, (line) => {
    const said = parseStatus(line);
    switch (said?.kind) {
      case "settled":
        settled = { state: said.state, atMs: since() };
        break;
      case "job":
        jobs.push(said.job);
        break;
      case "exit":
        exit = { status: said.status, atMs: since() };
        expireAfter(POWER_OFF_MS);
        break;
      case undefined:
        break;
    }
  });
  const onAbort = (): void => ending.resolve("interrupt");
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  expireAfter(timeoutMs);
  program.ended.then(() => ending.resolve("ended"), ending.reject);
  try {
    const how = await ending.promise;
    if (how !== "ended") await endProgram(program, clock, quit);
    if (how === "interrupt") {
      throw new HostError("ABORTED", "interrupted while running the machine", {
        cause: signal?.reason,
      });
    }
    const tail = async (): Promise<string> => lastWords(watch.consoleFile);
    if (exit === undefined) {
      if (how === "timeout") throw late(timeoutMs, settled !== undefined, jobs, await tail());
      const code = await program.ended;
      if (code !== 0) throw failed(code, complaint());
      throw stopped(stop(), await tail());
    }
    return {
      exitStatus: exit.status,
      stdout: output(),
      stderr: errors(),
      state: settled?.state ?? "unknown",
      timings: { settledMs: settled?.atMs ?? 0, commandMs: exit.atMs, totalMs: since() },
    };
  } finally {
    timers.abort();
    signal?.removeEventListener("abort", onAbort);
  }
};

/** Keeps the last bytes of a stream, and passes all of them on. */
const collect = (
  stream: NodeJS.ReadableStream,
  onChunk?: (chunk: Uint8Array) => void,
): (() => string) => {
  let kept: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    onChunk?.(chunk);
    kept.push(chunk);
    bytes += chunk.length;
    // Halving rather than trimming at every chunk keeps the cost linear in the output.
    if (bytes > 2 * KEPT_BYTES) {
      kept = [Buffer.concat(kept).subarray(-KEPT_BYTES)];
      bytes = KEPT_BYTES;
    }
  });
  return () => Buffer.concat(kept).subarray(-KEPT_BYTES).toString("utf8");
};

const lastWords = async (file: string): Promise<string> => {
  const text = await readFile(file, "latin1").catch(() => "");
  const tail = consoleTail(Buffer.from(text.slice(-65_536), "latin1").toString("utf8"), TAIL_LINES);
  return tail === "" ? "the console is empty" : `the last lines of the console:\n${tail}`;
};

const failed = (status: number, complaint: string): ComposerError =>
  new ComposerError("MACHINE_FAILED", `QEMU ended with status ${status}: ${complaint.trim()}`);

const late = (
  timeoutMs: number,
  settled: boolean,
  jobs: readonly string[],
  tail: string,
): ComposerError => {
  const seconds = Math.round(timeoutMs / 1000);
  const what = settled
    ? `the command did not end within ${seconds} s`
    : `the system did not come up within ${seconds} s`;
  const pending = jobs.length === 0 ? "" : `\nunits it waits for:\n${jobs.join("\n")}`;
  return new ComposerError("MACHINE_TIMEOUT", `${what}${pending}\n${tail}`, {
    hint: "give it more time, or boot it without --exec and look",
  });
};

const stopped = (cause: StopCause | undefined, tail: string): ComposerError => {
  const how = cause === "shutdown" ? "powered off" : cause === "reset" ? "reset" : "stopped";
  return new ComposerError(
    "MACHINE_RESET",
    `the machine ${how} before the command finished\n${tail}`,
    { hint: "boot it without --exec and look" },
  );
};
