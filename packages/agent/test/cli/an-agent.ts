/** An agent for the command line that answers only what a test has taught it, and a world around it. */
import { manualClock } from "@slipway/host/testing";
import type { Agent, Look } from "../../src/cli/agent.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import type { LedgerView } from "../../src/ledger/view.ts";
import { NO_LEASES } from "../../src/machine/lease.ts";
import type { ReleaseRef } from "../../src/machine/release.ts";
import type { State } from "../../src/machine/state.ts";

export const release = (version: string): ReleaseRef => ({
  version,
  roothash: version.padStart(8, "0").slice(0, 8).repeat(8),
});

export const ONE: ReleaseRef = release("1");
export const TWO: ReleaseRef = release("2");
export const THREE: ReleaseRef = release("3");

/** 2026-01-01T00:00:00Z. */
export const NOW = 1_767_225_600;

export const OFFERED = { ...THREE, securityEpoch: 0 };
export const POLLING = { checkAtMs: (NOW + 60) * 1000, failures: 0 };

/** 3 is there, and was not asked for by anybody. */
export const STAGED = {
  kind: "staged",
  release: OFFERED,
  byHand: false,
  polling: POLLING,
  attempts: 0,
  retryAtMs: 0,
} as const satisfies State;

export const aLedger = (with_: Partial<LedgerView> = {}): LedgerView => ({
  forbidden: new Map(),
  pin: undefined,
  pause: undefined,
  floor: 0,
  epochs: new Map(),
  current: TWO,
  currentSince: NOW - 7200,
  isCurrentGood: true,
  unfinished: undefined,
  history: [],
  damage: [],
  ...with_,
});

/** A node that runs 2 and could go back to 1. */
export const aLook = (with_: Partial<Look> = {}): Look => ({
  image: "edge",
  architecture: "x86_64",
  observed: {
    bootId: "b".repeat(32),
    booted: { ...TWO, slot: "b", standing: "good" },
    degraded: [],
    other: { release: ONE, standing: "good" },
  },
  ledger: aLedger(),
  state: { kind: "steady", polling: { checkAtMs: (NOW + 1500) * 1000, failures: 0 } },
  lastCheck: undefined,
  leases: NO_LEASES,
  nodeId: undefined,
  rollback: { kind: "release", release: ONE },
  config: mergeSettings([
    { file: "/etc/slipway/agent.d/site.yaml", text: "repository: https://updates.example/\n" },
  ]),
  progress: undefined,
  varFreeBytes: 2 ** 30,
  espFreeBytes: 2 ** 29,
  now: NOW,
  ...with_,
});

const notExpected = (name: string) => async (): Promise<never> => {
  throw new Error(`${name} was not to be called`);
};

export const anAgent = (taught: Partial<Agent>): Agent => ({
  look: notExpected("look"),
  config: notExpected("config"),
  drive: notExpected("drive"),
  driveAtOnce: notExpected("driveAtOnce"),
  check: notExpected("check"),
  plan: notExpected("plan"),
  order: notExpected("order"),
  health: notExpected("health"),
  etc: notExpected("etc"),
  diff: notExpected("diff"),
  offerReset: notExpected("offerReset"),
  confirmReset: notExpected("confirmReset"),
  cancelReset: notExpected("cancelReset"),
  report: notExpected("report"),
  gatherSupport: notExpected("gatherSupport"),
  serve: notExpected("serve"),
  runTask: notExpected("runTask"),
  decide: notExpected("decide"),
  bringLoader: notExpected("bringLoader"),
  ...taught,
});

export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in memory. */
export const say = async (
  args: readonly string[],
  taught: Partial<Agent> = {},
  abort: AbortController = new AbortController(),
): Promise<Said> => {
  let [stdout, stderr] = ["", ""];
  const status = await runCommandLine(args, {
    environment: {},
    directory: "/root",
    clock: manualClock(new Date(NOW * 1000)),
    agent: async () => anAgent(taught),
    screen: {
      isTerminal: false,
      size: () => ({ columns: 80, rows: 24 }),
      write: (text) => {
        stderr += String(text);
      },
    },
    writeData: async (data) => {
      stdout += String(data);
    },
    signal: abort.signal,
  });
  return { status, stdout, stderr };
};

/** What a verb printed with --json. */
export const document = ({ stdout }: Said): unknown => JSON.parse(stdout);
