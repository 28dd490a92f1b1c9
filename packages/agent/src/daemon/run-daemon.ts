/**
 * The daemon: runs the machine whenever it wants to be looked at, and tells systemd how it is. It decides nothing; what is to be done
 * and when to look again are the machine's, and everything that lasts is on the disk, so it may be ended at any time.
 */
import type { Clock } from "@slipway/host";
import type { State } from "../machine/state.ts";
import { statusLine } from "./status-line.ts";

/** One run of the machine until it is quiet. */
export type Run =
  | {
      readonly kind: "quiet";
      readonly state: State;
      /** Until it wants to be looked at again. */
      readonly waitMs: number;
    }
  /** Another process has the lock: somebody's order is being carried out. */
  | { readonly kind: "busy" };

export interface DaemonPorts {
  /** `check-asked`: somebody wants it to look at the repository now. */
  readonly run: (event: { readonly kind: "tick" | "check-asked" }) => Promise<Run>;
  /** Tells systemd, as sd_notify(3) does. Never rejects. */
  readonly notify: (...lines: readonly string[]) => Promise<void>;
  /** Calls the listener at every SIGHUP until what it returns is called. */
  readonly onHangup: (listener: () => void) => () => void;
  readonly clock: Pick<Clock, "monotonicMs" | "sleep" | "now">;
  readonly log: (line: string) => void;
  /** How long systemd waits for a sign of life; undefined where it does not. */
  readonly watchdogMs: number | undefined;
}

const SECOND = 1000;
const BUSY_WAIT_MS: number = 10 * SECOND;
const FIRST_BACK_OFF_MS: number = 15 * SECOND;
const LONGEST_BACK_OFF_MS: number = 600 * SECOND;
/** Longer than every task may take together. After it nobody vouches for the daemon any more, and systemd's watchdog ends it. */
const LONGEST_RUN_MS: number = 4 * 3600 * SECOND;

/** Resolves after a time, or as soon as it is woken or told to stop. */
const sleeper = (clock: DaemonPorts["clock"], stop: AbortSignal) => {
  let wake = new AbortController();
  return {
    wake: () => wake.abort(),
    /** What it was woken for is being done. */
    rearm: () => {
      wake = new AbortController();
    },
    sleep: async (ms: number): Promise<void> => {
      const signal = AbortSignal.any([stop, wake.signal]);
      try {
        await clock.sleep(ms, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
};

/** Gives signs of life until it is disposed, as long as no run takes too long. */
const watchdog = (
  { clock, notify, watchdogMs }: DaemonPorts,
  isAlive: () => boolean,
): Disposable & { readonly done: Promise<void> } => {
  const stop = new AbortController();
  const beat = async (intervalMs: number): Promise<void> => {
    for (;;) {
      try {
        await clock.sleep(intervalMs, stop.signal);
      } catch {
        return;
      }
      if (isAlive()) await notify("WATCHDOG=1");
    }
  };
  // Twice in the time: one sign that comes late is no death.
  const done = watchdogMs === undefined ? Promise.resolve() : beat(watchdogMs / 2);
  return { done, [Symbol.dispose]: () => stop.abort() };
};

const backOffMs = (failures: number): number =>
  Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures - 1, 10));

/** Runs until `stop` is aborted; a run of the machine that is under way then ends first. */
export const runDaemon = async (ports: DaemonPorts, stop: AbortSignal): Promise<void> => {
  const { clock, notify, log } = ports;
  const { wake, rearm, sleep } = sleeper(clock, stop);
  let [asked, failures]: [boolean, number] = [false, 0];
  let runningSince: number | undefined;
  using _hangups = disposable(
    ports.onHangup(() => {
      asked = true;
      wake();
    }),
  );
  using life = watchdog(
    ports,
    () => runningSince === undefined || clock.monotonicMs() - runningSince < LONGEST_RUN_MS,
  );
  await notify("READY=1", "STATUS=looking at the node");

  const runOnce = async (): Promise<number> => {
    const event = { kind: asked ? "check-asked" : "tick" } as const;
    asked = false;
    rearm();
    runningSince = clock.monotonicMs();
    try {
      const run = await ports.run(event);
      failures = 0;
      if (run.kind === "busy") {
        // What somebody asked for is not forgotten for that.
        asked ||= event.kind === "check-asked";
        return BUSY_WAIT_MS;
      }
      await notify(`STATUS=${statusLine(run.state, clock.now())}`);
      return run.waitMs;
    } catch (error) {
      if (stop.aborted) return 0;
      failures += 1;
      const message = error instanceof Error ? error.message : String(error);
      log(`this time it failed, and is tried again: ${message}`);
      await notify(`STATUS=failing: ${message.split("\n")[0] ?? ""}`);
      return backOffMs(failures);
    } finally {
      runningSince = undefined;
    }
  };

  while (!stop.aborted) {
    const waitMs = await runOnce();
    await sleep(waitMs);
  }
  await notify("STOPPING=1");
  life[Symbol.dispose]();
  await life.done;
};

const disposable = (dispose: () => void): Disposable => ({ [Symbol.dispose]: dispose });
