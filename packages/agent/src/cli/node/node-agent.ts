/** The agent of this node: the verbs' narrow interface over the engine, the tasks and the daemon. */
import { linuxClock, linuxExec } from "@slipway/host";
import { MOTD_FILE, motdWriter } from "../../daemon/motd.ts";
import { DAEMON_UNIT, SOCKET_UNIT, systemd } from "../../daemon/systemd.ts";
import { journalTeller } from "../../daemon/tell-journal.ts";
import { newId, taskFiles } from "../../daemon/task-files.ts";
import { HOOK_UNITS, hookUnitTasks } from "../../daemon/unit-tasks.ts";
import type { CheckOutcome, EnginePorts, Tasks } from "../../engine/ports.ts";
import { checkEvent } from "../../engine/outcome-event.ts";
import { lastCheckOf } from "../../engine/last-check.ts";
import type { Ran } from "../../engine/run.ts";
import { AgentError } from "../../errors.ts";
import type { LedgerEntry } from "../../ledger/entry.ts";
import type { LedgerView } from "../../ledger/view.ts";
import type { CheckRequest } from "../../machine/effect.ts";
import type { OperatorEvent } from "../../machine/event.ts";
import { NO_LEASES } from "../../machine/lease.ts";
import { rollbackTarget } from "../../machine/rollback-target.ts";
import { resetFiles } from "../../reset/reset-files.ts";
import type { Agent, Look } from "../agent.ts";
import { Refusal } from "../refusal.ts";
import { hasHooks } from "./has-hooks.ts";
import { type NodePorts, nodePorts, readThisNode } from "./node-ports.ts";
import { DATA_DIRECTORY, RUN_DIRECTORY, STATE_DIRECTORY } from "./places.ts";

export interface NodeAgentOptions {
  /** For people: standard error, which is the journal's under systemd. */
  readonly log: (line: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Calls the listener at every SIGHUP until what it returns is called. */
  readonly onHangup: (listener: () => void) => () => void;
}

/** A look at the repository is over by then; a download is not. */
const PATIENCE_SECONDS = 10;

/** It comes before the daemon; whoever types a verb at that moment is soon through. */
const LOADER_PATIENCE_SECONDS = 120;

const busy = (): AgentError =>
  new AgentError("BUSY", "the agent is at work on this node", {
    hint: "see `slipway-agent status` for what it does, and try again when it is through",
  });

/** The machine and its loop: helpers and the verdict do without. */
const loadEngine = () => import("../../engine/run.ts");

const nowSeconds = (): number => Math.floor(linuxClock.now().getTime() / 1000);

const look = async (ports: NodePorts): Promise<Look> => {
  const { facts } = await readThisNode();
  const { look: lookAt } = await loadEngine();
  const { observed, ledger, state, lastCheck, leases } = await lookAt({
    ...ports,
    lock: () => ports.lock(0),
  });
  return {
    image: facts.image,
    architecture: facts.architecture,
    observed,
    ledger,
    state,
    lastCheck,
    leases,
    nodeId: await ports.nodeId(),
    rollback: rollbackTarget(observed, ledger),
    config: await ports.config(),
    progress: await taskFiles(RUN_DIRECTORY).progress(),
    varFreeBytes: facts.varFreeBytes,
    espFreeBytes: facts.espFreeBytes,
    now: nowSeconds(),
  };
};

/** A node that is pinned asks for that release, unless somebody names another. */
const pinnedTo = ({ pin }: LedgerView, request: CheckRequest): CheckRequest =>
  pin === undefined ? request : { only: pin.version, ...request };

/** Keeps the answer for `status`, if nobody else is at work; the answer itself is the caller's in any case. */
const keepAnswer = async (
  ports: NodePorts,
  request: CheckRequest,
  outcome: CheckOutcome,
): Promise<void> => {
  await using lock = await ports.lock(0);
  const journal = lock === undefined ? undefined : await ports.journal.load();
  if (journal === undefined) return;
  const situation = {
    nowMs: linuxClock.now().getTime(),
    luck: 0,
    observed: await ports.observe(),
    ledger: await ports.ledger.view(),
    leases: journal.leases ?? NO_LEASES,
    settings: await ports.settings(),
  };
  const lastCheck = lastCheckOf(
    checkEvent({ kind: "check", request }, outcome),
    situation,
    journal.lastCheck,
  );
  if (lastCheck !== undefined) await ports.journal.save({ ...journal, lastCheck });
};

/** @throws what makes the agent's own directories unusable. */
export const nodeAgent = async (options: NodeAgentOptions): Promise<Agent> => {
  const { log, signal, environment } = options;
  const ports = await nodePorts(log);
  const files = taskFiles(RUN_DIRECTORY);
  const manager = systemd(linuxExec);
  // Most of the program, and for those alone who do something.
  const tasksHere = async (): Promise<Tasks> =>
    (await import("./tasks.ts")).tasksHere({ log, files, signal });

  const tryDrive = async (event: OperatorEvent, waitSeconds: number): Promise<Ran | undefined> => {
    const engine: EnginePorts = {
      ...ports,
      lock: () => ports.lock(waitSeconds),
      tasks: {
        ...(await tasksHere()),
        ...hookUnitTasks({ files, systemd: manager, hasHooks, newId, signal }),
      },
    };
    const ran = await (await loadEngine()).runAgent(engine, event);
    if (ran.kind === "busy") return undefined;
    await files.tellProgress(undefined);
    // The daemon knows nothing of it, and would come by its own time.
    if (!ran.isRebooting) await manager.hangUp(DAEMON_UNIT);
    return ran;
  };

  const drive = async (event: OperatorEvent): Promise<Ran> => {
    const ran = await tryDrive(event, PATIENCE_SECONDS);
    if (ran === undefined) throw busy();
    return ran;
  };

  /** What the agent was doing is whole at every moment, and is of no use to whoever wants to go back. */
  const driveAtOnce = async (event: OperatorEvent): Promise<Ran> => {
    const ran = await tryDrive(event, 1);
    if (ran !== undefined) return ran;
    // What is refused anyhow is not worth an interruption.
    const { rollback } = await look(ports);
    if (rollback.kind === "none") throw new Refusal(rollback.why);
    log("the agent is at work: stopping it first");
    // Whoever asks the API meanwhile would start it again.
    await manager.stop(SOCKET_UNIT);
    await manager.stop(DAEMON_UNIT);
    // Of an update by hand too: whoever waits for its hooks gives up when they end.
    await manager.stop(HOOK_UNITS);
    try {
      const again = await drive(event);
      if (!again.isRebooting) await manager.startLater(DAEMON_UNIT);
      return again;
    } catch (error) {
      await manager.startLater(DAEMON_UNIT);
      throw error;
    }
  };

  const reset = () => import("./factory-reset.ts");
  const resetHere = {
    files: resetFiles({ data: DATA_DIRECTORY, state: STATE_DIRECTORY }),
    look: () => look(ports),
    tell: journalTeller(linuxExec, log),
    // Who logs in is told by the daemon.
    wake: () => manager.hangUp(DAEMON_UNIT),
  };

  const check = async (
    request: CheckRequest,
    tasks: Pick<Tasks, "check">,
  ): Promise<CheckOutcome> => {
    const view = await ports.ledger.view();
    const whole = pinnedTo(view, request);
    const outcome = await tasks.check({ kind: "check", request: whole }, view);
    await keepAnswer(ports, whole, outcome);
    return outcome;
  };

  const record: Agent["order"] = async (choose) => {
    const entries: readonly LedgerEntry[] = choose(await look(ports));
    for (const entry of entries) await ports.ledger.append(entry);
    return entries;
  };

  const health: Agent["health"] = async (asked) => (await import("./health.ts")).askHealth(asked);

  return {
    look: () => look(ports),
    config: ports.config,
    drive,
    driveAtOnce,
    check: async (request) => check(request, await tasksHere()),
    plan: async (request) => {
      const view = await ports.ledger.view();
      const { planHere } = await import("./tasks.ts");
      return planHere({ log, files, signal }, pinnedTo(view, request), view);
    },
    order: async (choose) => {
      const entries = await record(choose);
      if (entries.length > 0) await manager.hangUp(DAEMON_UNIT);
      return entries;
    },
    health,
    etc: async () => (await import("./own-etc.ts")).readOwnEtc(),
    diff: async () => (await import("./compare.ts")).compareSlots(await ports.observe()),
    offerReset: async (choice) => (await reset()).offerReset(resetHere, choice),
    confirmReset: async (code) => (await reset()).confirmReset(resetHere, code),
    cancelReset: async () => (await reset()).cancelReset(resetHere),
    report: async () => (await import("./make-report.ts")).makeReport(await look(ports)),
    gatherSupport: async () => (await import("./gather.ts")).gatherSupport(() => look(ports)),
    serve: async (stop) =>
      (await import("./serve.ts")).serveNode(
        {
          ports,
          files,
          manager,
          people: {
            motd: motdWriter(MOTD_FILE, log),
            journal: journalTeller(linuxExec, log),
            config: ports.config,
            settings: ports.settings,
            isResetOrdered: resetHere.files.isOrdered,
          },
          log,
          environment,
          onHangup: options.onHangup,
          agent: { look: () => look(ports), config: ports.config, health },
          record,
          check,
        },
        stop,
      ),
    runTask: async (name, stop) => {
      if (name === "post-boot") {
        await (
          await import("./told-hooks.ts")
        ).tellPostBoot({ ledger: ports.ledger, log, signal: stop });
        return true;
      }
      const { tasksHere: tasksIn } = await import("./tasks.ts");
      const tasks = tasksIn({ log, files, signal: stop });
      const { runTask } = await import("./run-task.ts");
      await runTask(name, { files, tasks, ledger: ports.ledger, log });
      return true;
    },
    decide: async (stop) => (await import("./decide.ts")).decide(ports.ledger, log, stop),
    bringLoader: async (stop) => {
      // Nobody else writes to the ESP meanwhile.
      await using lock = await ports.lock(LOADER_PATIENCE_SECONDS);
      if (lock === undefined) throw busy();
      await (await import("./tasks.ts")).bringLoaderHere({ log, files, signal: stop });
    },
  };
};
