/** What the agent stands on, on a real node; what needs much code is loaded by those who use it. */
import { randomInt } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { arch, uptime } from "node:os";
import { linuxClock, linuxDurableDirectory, linuxExec, linuxFiles, lockFile } from "@slipway/host";
import type { Architecture } from "@slipway/release";
import { loadConfig } from "../../config/load-config.ts";
import { machineSettings } from "../../config/machine-settings.ts";
import type { Config } from "../../config/config.ts";
import { journalTeller, toldLedger } from "../../daemon/tell-journal.ts";
import { openJournalStore } from "../../engine/journal-store.ts";
import type { EnginePorts, JournalStore } from "../../engine/ports.ts";
import { AgentError } from "../../errors.ts";
import { readHealthFiles } from "../../health/health-files.ts";
import { linuxPlaces } from "../../health/linux/places.ts";
import { type Ledger, openLedger } from "../../ledger/open-ledger.ts";
import { observedOf } from "../../machine/observe.ts";
import type { NodeView } from "../../node/facts.ts";
import { linuxHostReader } from "../../node/host-reader.ts";
import { readNodeId } from "../../node/node-id.ts";
import { readNode } from "../../node/read-node.ts";
import { findEvidence } from "../../verdict/evidence.ts";
import { VERSION } from "../../version.ts";
import { inRun, STATE_DIRECTORY } from "./places.ts";

/** How long a line waits for the one before it to be written. */
const LEDGER_PATIENCE_SECONDS = 30;

/** As many as randomInt draws from. */
const LUCK_STEPS = 2 ** 48 - 1;

const reader = linuxHostReader();

const architecture = (): Architecture => (arch() === "arm64" ? "aarch64" : "x86_64");

export const readThisNode = (): Promise<NodeView> =>
  readNode(reader, { architecture: architecture(), agentVersion: VERSION });

/** @throws AgentError `BUSY` */
const exclusively = async <T>(work: () => Promise<T>): Promise<T> => {
  await using lock = await lockFile(inRun("ledger.lock"), LEDGER_PATIENCE_SECONDS);
  if (lock === undefined)
    throw new AgentError("BUSY", "somebody else has been writing to the ledger all the time", {
      hint: `\`fuser ${inRun("ledger.lock")}\` shows who it is`,
    });
  return await work();
};

export type NodePorts = Omit<EnginePorts, "tasks" | "lock"> & {
  /** Waits for whoever has it, so many seconds. */
  readonly lock: (waitSeconds: number) => ReturnType<EnginePorts["lock"]>;
  readonly journal: JournalStore;
  readonly ledger: Ledger;
  readonly config: () => Promise<Config>;
  readonly nodeId: () => Promise<string | undefined>;
};

/** @throws AgentError where the agent's own directory cannot be made */
export const nodePorts = async (log: (line: string) => void): Promise<NodePorts> => {
  try {
    await mkdir(STATE_DIRECTORY, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AgentError("STATE_UNUSABLE", `${STATE_DIRECTORY} cannot be made`, {
      cause,
      hint: "run it as root, and see whether /var is mounted",
    });
  }
  const ledger = toldLedger(
    openLedger({
      files: linuxFiles,
      directory: STATE_DIRECTORY,
      clock: linuxClock,
      exclusively,
      log,
    }),
    journalTeller(linuxExec, log),
  );
  return {
    lock: (waitSeconds) => lockFile(inRun("lock"), waitSeconds),
    observe: async () => observedOf((await readThisNode()).facts),
    evidence: (release) =>
      findEvidence(linuxPlaces, release, {
        sinceMs: linuxClock.now().getTime() - uptime() * 1000,
      }),
    journal: openJournalStore(linuxDurableDirectory(STATE_DIRECTORY), log),
    ledger,
    settings: async () => ({
      ...machineSettings(await loadConfig(), await readNodeId(reader)),
      probationSeconds: (await readHealthFiles(linuxPlaces)).deadlineSeconds,
    }),
    config: () => loadConfig(),
    nodeId: () => readNodeId(reader),
    clock: linuxClock,
    random: () => randomInt(LUCK_STEPS) / LUCK_STEPS,
    log,
  };
};
