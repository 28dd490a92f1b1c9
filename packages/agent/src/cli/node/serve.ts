/** The daemon on this node: the machine on a clock, and its API where systemd has handed it a socket. */
import { randomBytes } from "node:crypto";
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { linuxClock, linuxExec } from "@slipway/host";
import { passedDescriptor } from "../../api/server/descriptors.ts";
import { orderQueue, type OrderQueue } from "../../daemon/order-queue.ts";
import { type DaemonEvent, type Run, runDaemon } from "../../daemon/run-daemon.ts";
import { notifier, type Systemd, watchdogMs } from "../../daemon/systemd.ts";
import type { TaskFiles } from "../../daemon/task-files.ts";
import type { CheckOutcome, Tasks } from "../../engine/ports.ts";
import { look, type Ran, runAgent } from "../../engine/run.ts";
import type { CheckRequest } from "../../machine/effect.ts";
import { checkAnswer, drivenAnswer } from "../api/order-answer.ts";
import type { Agent } from "../agent.ts";
import { daemonTasks } from "./daemon-tasks.ts";
import type { NodePorts } from "./node-ports.ts";
import { nodeServers, type NodeServers } from "./node-servers.ts";
import { type People, peopleTold } from "./tell-people.ts";

export interface ServeOptions {
  readonly ports: NodePorts;
  readonly files: TaskFiles;
  readonly manager: Systemd;
  readonly log: (line: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onHangup: (listener: () => void) => () => void;
  readonly agent: Pick<Agent, "look" | "config" | "health">;
  readonly people: People;
  /** Writes the orders into the ledger, and wakes nobody. */
  readonly record: Agent["order"];
  /** Asks the repository by these tasks, and keeps what it says. */
  readonly check: (request: CheckRequest, tasks: Pick<Tasks, "check">) => Promise<CheckOutcome>;
}

/** Of the socket's descriptor, in slipway-agent.socket. */
const API_NAME = "api";

const runMachine = async (
  { ports, files, manager, log, check }: ServeOptions,
  event: DaemonEvent,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (ran: Ran) => Promise<void> },
): Promise<Run> => {
  const tasks = daemonTasks({ files, systemd: manager, log, signal });
  if (event.kind === "look-asked") {
    const answer = checkAnswer(await check({ take: "not" }, tasks));
    const { state, wakeInMs } = await look({ ...ports, lock: () => ports.lock(0) });
    return { kind: "quiet", state, waitMs: wakeInMs, answer };
  }
  const ran = await runAgent({ ...ports, lock: () => ports.lock(0), tasks }, event);
  if (ran.kind === "busy") return ran;
  await tell(ran);
  const quiet = { kind: "quiet", state: ran.state, waitMs: ran.wakeInMs } as const;
  return event.kind === "tick" || event.kind === "check-asked"
    ? quiet
    : { ...quiet, answer: drivenAnswer(event, ran) };
};

/** SIGHUP, and an order that was written down here, are the same to the daemon. */
const wakening = (onHangup: ServeOptions["onHangup"]) => {
  const listeners = new Set<() => void>();
  return {
    wake: () => {
      for (const listener of listeners) listener();
    },
    onWake: (listener: () => void): (() => void) => {
      listeners.add(listener);
      const off = onHangup(listener);
      return () => {
        listeners.delete(listener);
        off();
      };
    },
  };
};

const serversOf = (
  { log, environment, agent, record }: ServeOptions,
  queue: OrderQueue,
  wake: () => void,
): NodeServers =>
  nodeServers({
    descriptor: passedDescriptor(environment, process.pid, API_NAME),
    agent: {
      ...agent,
      order: async (choose) => {
        const entries = await record(choose);
        if (entries.length > 0) wake();
        return entries;
      },
    },
    queue,
    log,
  });

/**
 * A daemon that is asked the same every few seconds has functions that V8 would make fast, and keeps 20 MB for having done so. Nothing here has to be
 * fast: what computes is a helper's, in a process of its own.
 */
const staySmall = (): void => {
  for (const flag of ["--no-opt", "--no-maglev"]) setFlagsFromString(flag);
};

export const serveNode = async (options: ServeOptions, stop: AbortSignal): Promise<void> => {
  const { log, environment } = options;
  staySmall();
  const queue = orderQueue({
    newId: () => randomBytes(8).toString("hex"),
    now: () => linuxClock.now(),
  });
  const { wake, onWake } = wakening(options.onHangup);
  await using servers = serversOf(options, queue, wake);
  const tell = peopleTold(options.people, log);
  await servers.open();
  await servers.goBySettings();
  await runDaemon(
    {
      run: async (event, hurry) => {
        const run = await runMachine(options, event, {
          signal: AbortSignal.any([stop, hurry]),
          tell,
        });
        await servers.goBySettings();
        return run;
      },
      orders: queue,
      notify: notifier(linuxExec, environment, log),
      onHangup: onWake,
      clock: linuxClock,
      log,
      watchdogMs: watchdogMs(environment, process.pid),
    },
    stop,
  );
};
