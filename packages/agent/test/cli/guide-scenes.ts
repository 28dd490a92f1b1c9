/** Nodes as docs/operating.md meets them, and what is typed on each. */
import type { Agent, Look } from "../../src/cli/agent.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import type { Ran } from "../../src/engine/run.ts";
import type { Failure } from "../../src/errors.ts";
import type { LedgerRecord } from "../../src/ledger/entry.ts";
import { writeBlocker } from "../../src/machine/guards.ts";
import type { LastCheck } from "../../src/machine/journal.ts";
import type { Observed } from "../../src/machine/observed.ts";
import type { OfferedRelease, ReleaseRef } from "../../src/machine/release.ts";
import { rollbackTarget } from "../../src/machine/rollback-target.ts";
import type { State } from "../../src/machine/state.ts";
import { readNode } from "../../src/node/read-node.ts";
import { placeRefusal, refusal } from "../../src/tasks/preflight.ts";
import { manifest } from "../../../../test/support/signed-repository/published.ts";
import { OTHER_ROOTHASH, readerOf, scene } from "../node/scene.ts";
import { aLedger, aLook, NOW, POLLING } from "./an-agent.ts";

export interface GuideScene {
  readonly typed: readonly string[];
  readonly agent: () => Promise<Partial<Agent>>;
}

const HOUR = 3600;
const MIB = 2 ** 20;
const OLD: ReleaseRef = { version: "41", roothash: "9f2c61e4".repeat(8) };
const RUNS: ReleaseRef = { version: "42", roothash: "5d41402a".repeat(8) };
const NEW: OfferedRelease = { version: "43", roothash: "c0ffee11".repeat(8), securityEpoch: 0 };
const BOOT = "b".repeat(32);

const settings = (...lines: readonly string[]): Look["config"] =>
  mergeSettings([
    {
      file: "/etc/slipway/agent.d/50-site.yaml",
      text: ["repository: https://updates.example.org/edge", ...lines, ""].join("\n"),
    },
  ]);

const HEARD: LastCheck = {
  at: NOW - 300,
  heardAt: NOW - 300,
  answer: {
    kind: "none",
    blocker: { code: "up-to-date", message: "42 is the newest release on stable" },
  },
};

const GOOD: Observed = {
  bootId: BOOT,
  booted: { ...RUNS, slot: "b", standing: "good" },
  degraded: [],
  other: { release: OLD, standing: "good" },
};

/** Runs 42, and has 41 in the other slot. What follows from it follows as on a node. */
const node = (with_: Partial<Look> = {}): Look => {
  const observed = with_.observed ?? GOOD;
  const ledger = with_.ledger ?? aLedger({ current: RUNS });
  return aLook({
    lastCheck: HEARD,
    config: settings(),
    ...with_,
    observed,
    ledger,
    rollback: rollbackTarget(observed, ledger),
  });
};

/** Nothing may be written on it, and the agent says why. */
const heldNode = (observed: Observed): Look => {
  const failure = writeBlocker(observed);
  if (failure === undefined) throw new Error("nothing holds this node");
  return node({ observed, state: { kind: "held", failure, lookAtMs: 0 } });
};

const failedLook = (failure: Failure): Look =>
  node({
    lastCheck: { at: NOW - 300, heardAt: NOW - 30 * HOUR, answer: { kind: "failed", failure } },
    state: { kind: "steady", polling: { ...POLLING, checkAtMs: (NOW + 1500) * 1000 } },
  });

const ran = (state: State): Ran => {
  const { observed, ledger, lastCheck, leases } = node();
  return {
    ...{ kind: "ran", state, lastCheck, leases, observed, ledger },
    ...{ refusal: undefined, isRebooting: true, wakeInMs: 1000 },
  };
};

const seen = (typed: string, look: () => Look | Promise<Look>): GuideScene => ({
  typed: typed.split(" "),
  agent: async () => {
    const found = await look();
    return { look: async () => found };
  },
});

const done = (typed: string, state: State): GuideScene => ({
  typed: typed.split(" "),
  agent: async () => ({
    look: async () => node(),
    drive: async () => ran(state),
    driveAtOnce: async () => ran(state),
  }),
});

const inTheWay = (failure: Failure | undefined): State => {
  if (failure === undefined) throw new Error("nothing is in the way");
  return {
    kind: "fetching",
    release: NEW,
    byHand: false,
    attempts: 1,
    retryAtMs: (NOW + 30) * 1000,
    giveUpAtMs: (NOW + 24 * HOUR) * 1000,
    failure,
  };
};

const facts = async (espBytes: number) => {
  const one = scene();
  one.rooms.set("/efi/EFI/Linux", espBytes);
  return (await readNode(readerOf(one), { architecture: "aarch64", agentVersion: "1" })).facts;
};

const fullEsp = async (): Promise<Look> =>
  node({
    state: inTheWay(
      placeRefusal(await facts(9 * MIB), { ...manifest("43"), root: { size: 1, sha256: "" } }),
    ),
  });

const clockBehind = async (): Promise<Look> => {
  const question = {
    before: "stage",
    release: { ...NEW, roothash: OTHER_ROOTHASH },
    facts: await facts(512 * MIB),
    ledger: { forbidden: new Map(), floor: 0 },
    now: new Date("2000-01-01T00:02:11Z"),
    buildDate: new Date("2025-12-20T09:00:00Z"),
  } as const;
  return node({ state: inTheWay(refusal(question)) });
};

const REASON = "web failed: 127.0.0.1:8080 does not answer";

const failedByItself = (): Look => {
  const history: readonly LedgerRecord[] = [
    {
      ...{ seq: 4, at: NOW - 3000, kind: "failed", release: NEW, reason: REASON },
      evidence: { source: "verdict", lines: ["web: connect ECONNREFUSED 127.0.0.1:8080"] },
    },
    { seq: 3, at: NOW - 3600, kind: "finalized", release: NEW, from: RUNS },
    { seq: 2, at: NOW - 3700, kind: "staged", release: NEW, securityEpoch: 0 },
  ];
  const forbidden = new Map([[NEW.roothash, { release: NEW, reason: REASON, since: NOW - 3000 }]]);
  const other = { release: NEW, standing: "bad" } as const;
  return node({
    observed: { ...GOOD, other },
    ledger: aLedger({ current: RUNS, history, forbidden }),
  });
};

const rolledBack = (): Look => {
  const reason = "checkout times out";
  const forbidden = new Map([
    [RUNS.roothash, { release: RUNS, reason: `rolled back: ${reason}`, since: NOW - 600 }],
  ]);
  return node({
    observed: {
      ...GOOD,
      booted: { ...OLD, slot: "a", standing: "good" },
      other: { release: RUNS, standing: "bad" },
    },
    ledger: aLedger({
      current: OLD,
      forbidden,
      pin: { version: "41", reason: `rolled back: ${reason}`, since: NOW - 600 },
    }),
  });
};

const probation = (): Look =>
  node({
    observed: {
      ...GOOD,
      booted: { ...NEW, slot: "a", standing: "counting" },
      other: { release: RUNS, standing: "good" },
    },
    ledger: aLedger({ current: NEW, currentSince: NOW - 90 }),
    state: {
      kind: "probation",
      release: { version: NEW.version, roothash: NEW.roothash },
      bootId: BOOT,
      sinceMs: (NOW - 90) * 1000,
      deadlineMs: (NOW + 510) * 1000,
    },
  });

const waitsForWindow = (): Look =>
  node({
    observed: { ...GOOD, other: { release: NEW, standing: "staged" } },
    config: settings("strategy: window", "windows: Sat,Sun 02:00 for 4h"),
    state: {
      ...{ kind: "staged", release: NEW, byHand: false, polling: POLLING },
      ...{ attempts: 0, retryAtMs: 0 },
    },
  });

const REPOSITORY = "https://updates.example.org/edge";

/** By the name that stands in the document, in its order. */
export const GUIDE_SCENES: Readonly<Record<string, GuideScene>> = {
  steady: seen("status", () => node()),
  "settings-wrong": {
    typed: ["config", "show"],
    agent: async () => ({ config: async () => settings("strategy: windows") }),
  },
  window: seen("why", waitsForWindow),
  update: done("update", {
    ...{ kind: "finalizing", release: NEW, byHand: true, phase: "rebooting", bootId: BOOT },
    ...{ attempts: 0, retryAtMs: 0 },
  }),
  probation: seen("status", probation),
  failed: seen("history", failedByItself),
  rollback: done("rollback --reason slow", {
    ...{ kind: "rolling-back", target: OLD, from: RUNS, phase: "rebooting", bootId: BOOT },
    ...{ attempts: 1, retryAtMs: 0 },
  }),
  "rolled-back": seen("status", rolledBack),
  "both-bad": seen("status", () =>
    heldNode({
      bootId: BOOT,
      booted: { ...RUNS, slot: "b", standing: "bad" },
      degraded: [
        "every release on this disk counts as bad: the boot loader had nothing better than edge_42_5d41402a.efi",
      ],
      other: { release: OLD, standing: "bad" },
    }),
  ),
  expired: seen("why", () =>
    failedLook({
      code: "EXPIRED",
      message: `timestamp.json from ${REPOSITORY} expired on 2025-12-31T02:00:00Z`,
      hint: "have the repository refreshed (`slipway repo refresh`), and check this machine's clock",
    }),
  ),
  "rolled-back-repository": seen("why", () =>
    failedLook({
      code: "ROLLED_BACK",
      message: `timestamp.json from ${REPOSITORY} is older than what was believed`,
      hint: "bring this copy up to date; a newer state of the repository was seen before",
    }),
  ),
  "full-var": seen("why", () => node({ varFreeBytes: 11 * MIB })),
  "full-esp": seen("why", fullEsp),
  degraded: seen("status", () =>
    heldNode({
      ...GOOD,
      degraded: ["/var on /dev/vda6 cannot be mounted: Structure needs cleaning"],
    }),
  ),
  "clock-behind": seen("why", clockBehind),
  "held-back": {
    typed: ["check"],
    agent: async () => ({
      check: async () => ({
        kind: "none",
        blocker: {
          code: "held-back",
          version: "43",
          message: "no wave of 43 reaches this node yet",
          hint: "add a wave to the rollout when it should",
        },
      }),
    }),
  },
};
