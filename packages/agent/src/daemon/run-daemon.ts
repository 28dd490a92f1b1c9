/**
 * The daemon: runs the machine whenever it wants to be looked at, and tells systemd how it is. It decides nothing; what is to be done
 * and when to look again are the machine's, and everything that lasts is on the disk, so it may be ended at any time.
 */
import type { Clock } from "@slipway/host";
import type { ActionAnswer } from "../api/ports.ts";
import type { State } from "../machine/state.ts";
import type { Order, OrderQueue, QueuedOrder } from "./order-queue.ts";
import { statusLine } from "./status-line.ts";

/** One run of the machine until it is quiet. */
export type Run =
  | {
      readonly kind: "quiet";
      readonly state: State;
      /** Until it wants to be looked at again. */
      readonly waitMs: number;
      /** Where the run was for an order: what it came to. */
      readonly answer?: ActionAnswer;
    }
  /** Another process has the lock: somebody's order is being carried out. */
  | { readonly kind: "busy" };

/** `check-asked`: somebody wants it to look at the repository now, and to take what there is. */
export type DaemonEvent = { readonly kind: "tick" } | { readonly kind: "check-asked" } | Order;

export interface DaemonPorts {
  /** `hurry`: aborted where something else is more urgent than what the run does; what it was about is whole all the same. */
  readonly run: (event: DaemonEvent, hurry: AbortSignal) => Promise<Run>;
  /** What operators ask for meanwhile. */
  readonly orders: Pick<OrderQueue, "take" | "putBack" | "finish" | "hasWaiting" | "onAdded">;
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
/** Whoever asked for something has looked after it by himself by then. */
const ORDER_PATIENCE_MS: number = 600 * SECOND;
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

const BUSY_ANSWER: ActionAnswer = {
  outcome: "failed",
  message: "another process of the agent has been at work on this node all the time",
  failure: {
    code: "BUSY",
    message: "another process of the agent has been at work on this node all the time",
    hint: "see `slipway-agent status` for what it does, and ask again when it is through",
  },
};

const failedAnswer = (message: string): ActionAnswer => ({
  outcome: "failed",
  message,
  failure: { code: "UNFINISHED", message, hint: "see `journalctl --unit slipway-agent`" },
});

/** Runs until `stop` is aborted; a run of the machine that is under way then ends first. */
export const runDaemon = async (ports: DaemonPorts, stop: AbortSignal): Promise<void> => {
  const { clock, notify, log, orders } = ports;
  const { wake, rearm, sleep } = sleeper(clock, stop);
  let [asked, failures]: [boolean, number] = [false, 0];
  let runningSince: number | undefined;
  let hurry = new AbortController();
  let running: DaemonEvent["kind"] | undefined;
  /** Since when an order is put back again and again. */
  const putBackSince = new Map<string, number>();
  using _hangups = disposable(
    ports.onHangup(() => {
      asked = true;
      wake();
    }),
  );
  using _orders = disposable(
    orders.onAdded(({ kind }) => {
      // Whoever wants to go back does not wait for what he goes back from, but for one who is on his way back already.
      if (kind === "rollback-asked" && running !== kind)
        hurry.abort(new Error("a rollback was asked for"));
      wake();
    }),
  );
  using life = watchdog(
    ports,
    () => runningSince === undefined || clock.monotonicMs() - runningSince < LONGEST_RUN_MS,
  );
  await notify("READY=1", "STATUS=looking at the node");

  const finish = (id: string, answer: ActionAnswer): void => {
    putBackSince.delete(id);
    orders.finish(id, answer);
  };

  const putBack = ({ record: { id } }: QueuedOrder): void => {
    const since = putBackSince.get(id) ?? clock.monotonicMs();
    putBackSince.set(id, since);
    if (clock.monotonicMs() - since < ORDER_PATIENCE_MS) orders.putBack(id);
    else finish(id, BUSY_ANSWER);
  };

  /** The first run is a tick: what the disk says comes before what anybody asks for. */
  let hasLooked = false;

  const runOnce = async (): Promise<number> => {
    rearm();
    hurry = new AbortController();
    const queued = hasLooked ? orders.take() : undefined;
    const event: DaemonEvent =
      queued?.order ?? (asked ? { kind: "check-asked" } : { kind: "tick" });
    if (queued === undefined) asked = false;
    hasLooked = true;
    running = event.kind;
    runningSince = clock.monotonicMs();
    try {
      const run = await ports.run(event, hurry.signal);
      failures = 0;
      if (run.kind === "busy") {
        // What somebody asked for is not forgotten for that.
        if (queued === undefined) asked ||= event.kind === "check-asked";
        else putBack(queued);
        return BUSY_WAIT_MS;
      }
      if (queued !== undefined)
        finish(queued.record.id, run.answer ?? failedAnswer("nothing is known of how it ended"));
      await notify(`STATUS=${statusLine(run.state, clock.now())}`);
      return orders.hasWaiting() || asked ? 0 : run.waitMs;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (queued !== undefined) finish(queued.record.id, failedAnswer(message));
      if (stop.aborted) return 0;
      failures += 1;
      log(`this time it failed, and is tried again: ${message}`);
      await notify(`STATUS=failing: ${message.split("\n")[0] ?? ""}`);
      return backOffMs(failures);
    } finally {
      [running, runningSince] = [undefined, undefined];
    }
  };

  while (!stop.aborted) {
    const waitMs = await runOnce();
    if (waitMs > 0) await sleep(waitMs);
  }
  await notify("STOPPING=1");
  life[Symbol.dispose]();
  await life.done;
};

const disposable = (dispose: () => void): Disposable => ({ [Symbol.dispose]: dispose });
