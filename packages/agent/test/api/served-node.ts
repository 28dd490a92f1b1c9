/**
 * The daemon as it runs on a node, on a node in miniature: what is asked over the socket that it was handed goes through its loop, the files of its tasks and
 * a stand-in for systemd that runs them. `ADDRESS:PORT` on the command line is where its metrics are to be had over TCP.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { listenForStop } from "@slipway/host";
import { serveNode } from "../../src/cli/node/serve.ts";
import { runTask } from "../../src/cli/node/run-task.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import type { Systemd } from "../../src/daemon/systemd.ts";
import { taskFiles } from "../../src/daemon/task-files.ts";
import { look as lookAt } from "../../src/engine/run.ts";
import type { LedgerEntry } from "../../src/ledger/entry.ts";
import { rollbackTarget } from "../../src/machine/rollback-target.ts";
import type { Look } from "../../src/cli/agent.ts";
import { aLook } from "../cli/an-agent.ts";
import { upgraded } from "../engine/telling.ts";

const [, , metricsListen = ""] = process.argv;
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const world = await upgraded();
const newestFirst = () => ({ ...world.ledger, history: world.records.toReversed() });
const config = mergeSettings([
  {
    file: "/etc/slipway/agent.d/site.yaml",
    text: metricsListen === "" ? "" : `metrics_listen: "${metricsListen}"\n`,
  },
]);
const ledger = {
  view: async () => newestFirst(),
  append: async (entry: LedgerEntry) => {
    await world.ports.ledger.append(entry);
    return newestFirst();
  },
};
const ports = {
  ...world.ports,
  ...{ ledger, log, config: async () => config, nodeId: async () => undefined },
};
const directory = mkdtempSync(path.join(tmpdir(), "slipway-tasks-"));
const files = taskFiles(directory);

const nothing = async (): Promise<void> => undefined;
const manager: Systemd = {
  start: async (unit) => {
    const [, helper = ""] = /^slipway-task@(\w+)\.service$/.exec(unit) ?? [];
    if (helper !== "stage" && helper !== "finalize" && helper !== "rollback")
      throw new Error(`there is no ${unit}`);
    await runTask(helper, { files, tasks: world.ports.tasks, ledger, log });
  },
  startLater: nothing,
  stop: nothing,
  isActive: async () => false,
  hangUp: nothing,
  reboot: async () => log("the node restarts"),
};

const look = async (): Promise<Look> => {
  const { observed, state, lastCheck } = await lookAt(ports);
  return {
    ...aLook({ observed, state, lastCheck, config }),
    ledger: newestFirst(),
    rollback: rollbackTarget(observed, newestFirst()),
  };
};

const stop = listenForStop(["SIGTERM"]);
await serveNode(
  {
    ports,
    files,
    manager,
    log,
    environment: process.env,
    onHangup: (listener) => {
      process.on("SIGHUP", listener);
      return () => process.off("SIGHUP", listener);
    },
    agent: {
      look,
      config: async () => config,
      health: async () => ({ verdict: undefined, now: undefined, problems: [] }),
    },
    people: {
      motd: nothing,
      journal: nothing,
      config: async () => config,
      settings: world.ports.settings,
      isResetOrdered: async () => false,
    },
    record: async (choose) => {
      const entries = choose(await look());
      for (const entry of entries) await ledger.append(entry);
      return entries;
    },
    check: (request, tasks) => tasks.check({ kind: "check", request }, newestFirst()),
  },
  stop,
);
rmSync(directory, { recursive: true });
log("ended in good order");
