import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  decodeAnswer,
  decodeOrder,
  decodeProgress,
  type TaskAnswer,
  type TaskFiles,
  taskFiles,
  type TaskOrder,
} from "../../src/daemon/task-files.ts";
import { hookUnitTasks, unitTasks } from "../../src/daemon/unit-tasks.ts";
import { aLedger, ONE, THREE, TWO } from "../cli/an-agent.ts";

const ID = "0123456789abcdef";
const OFFERED = { ...THREE, securityEpoch: 4 };
const LEDGER = aLedger();

const SERVER = { address: "https://locks.example/fleet", group: "Edge-1.a" };

const ORDERS: readonly TaskOrder["effect"][] = [
  { kind: "check", request: { take: "by-itself" } },
  { kind: "check", request: { take: "by-hand", only: "3", from: "/mnt/a.tar" } },
  { kind: "preflight", before: "stage", release: OFFERED },
  { kind: "stage", release: OFFERED, from: "/mnt/a.tar" },
  { kind: "stage", release: OFFERED },
  { kind: "discard", release: THREE },
  { kind: "finalize", release: OFFERED },
  { kind: "rollback", target: ONE, from: TWO },
  { kind: "take-lease", server: SERVER },
  { kind: "return-lease", server: SERVER },
  { kind: "hooks", point: "pre-reboot", release: THREE, reason: "update", byHand: true },
  { kind: "hooks", point: "pre-reboot", release: ONE, reason: "rollback", byHand: true },
  { kind: "sessions", release: THREE },
  { kind: "warn", release: THREE, minutes: 30 },
  { kind: "check", request: { take: "by-hand", skipHooks: true } },
];

const OUTCOMES: readonly TaskAnswer["outcome"][] = [
  { kind: "done" },
  { kind: "offer", release: OFFERED },
  { kind: "none", blocker: { code: "wave", message: "not yet", version: "3", clearsAt: 5 } },
  { kind: "failed", code: "E_SPACE", message: "no room", hint: "make some" },
  { kind: "failed", code: "LOCK_HELD", message: "not now", retryAfterSeconds: 60 },
];

describe("what daemon and helpers tell each other", () => {
  let [directory, files]: [string, TaskFiles] = ["", taskFiles("/nowhere")];
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "slipway-tasks-"));
    files = taskFiles(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  for (const effect of ORDERS) {
    it(`is read as it was written: ${JSON.stringify(effect).slice(0, 50)}`, async () => {
      await files.giveOrder({ id: ID, effect });
      assert.deepEqual(await files.order(), { id: ID, effect });
    });
  }
  for (const outcome of OUTCOMES) {
    it(`is answered as it was meant: ${outcome.kind}`, async () => {
      await files.giveAnswer({ id: ID, outcome });
      assert.deepEqual(await files.answer(), { id: ID, outcome });
    });
  }

  it("has nothing of the task before when a new one is given", async () => {
    await files.giveAnswer({ id: ID, outcome: { kind: "done" } });
    await files.tellProgress({ task: "stage", message: "root", doneBytes: 1, totalBytes: 2 });
    assert.equal((await files.progress())?.doneBytes, 1);
    await files.giveOrder({ id: ID, effect: { kind: "discard", release: THREE } });
    assert.deepEqual([await files.answer(), await files.progress()], [undefined, undefined]);
  });

  it("is nothing where there is no file, no JSON, or too much of it", async () => {
    assert.equal(await files.order(), undefined);
    for (const text of ["", "{", "[]", "null", " ".repeat(70_000)]) {
      writeFileSync(path.join(directory, "task.json"), text);
      assert.equal(await files.order(), undefined, JSON.stringify(text.slice(0, 10)));
    }
  });

  const order = (effect: unknown, more: object = {}): unknown =>
    decodeOrder({ schema: 1, id: ID, effect, ...more });
  const release = { version: "3", roothash: "f".repeat(64), securityEpoch: 0 };
  const WRONG: readonly (readonly [string, unknown])[] = [
    ["a schema to come", order({ kind: "finalize", release }, { schema: 2 })],
    ["an id of another form", order({ kind: "finalize", release }, { id: "../../x" })],
    ["an unknown effect", order({ kind: "reboot", reason: "x" })],
    [
      "a root hash that is none",
      order({ kind: "discard", release: { ...release, roothash: "F" } }),
    ],
    [
      "a version with a slash",
      order({ kind: "discard", release: { ...release, version: "../x" } }),
    ],
    [
      "an epoch that is no number",
      order({ kind: "stage", release: { ...release, securityEpoch: "1" } }),
    ],
    ["hooks of no point", order({ kind: "hooks", point: "../x", release, reason: "update" })],
    [
      "hooks that nobody can hold",
      order({ kind: "hooks", point: "verdict", release, reason: "update", byHand: false }),
    ],
    ["a warning without a time", order({ kind: "warn", release })],
    [
      "hooks that are perhaps skipped",
      order({ kind: "check", request: { take: "not", skipHooks: "x" } }),
    ],
    ["a relative file", order({ kind: "stage", release, from: "x.tar" })],
    ["a rollback without a way", order({ kind: "rollback", target: release })],
    ["a lock server by file", order({ kind: "take-lease", server: { ...SERVER, address: "/x" } })],
    ["a group with a space", order({ kind: "return-lease", server: { ...SERVER, group: "a b" } })],
    ["a wish that nobody has", order({ kind: "check", request: { take: "all" } })],
    ["an answer without an outcome", decodeAnswer({ schema: 1, id: ID })],
    ["an outcome of another kind", decodeAnswer({ schema: 1, id: ID, outcome: { kind: "maybe" } })],
    [
      "a failure without a code",
      decodeAnswer({ schema: 1, id: ID, outcome: { kind: "failed", message: "x" } }),
    ],
    ["an offer of nothing", decodeAnswer({ schema: 1, id: ID, outcome: { kind: "offer" } })],
    ["progress of no task", decodeProgress({ schema: 1, message: "x" })],
  ];
  for (const [what, decoded] of WRONG) {
    it(`is refused: ${what}`, () => assert.equal(decoded, undefined));
  }

  it("is for root alone", async () => {
    await files.giveOrder({ id: ID, effect: { kind: "discard", release: THREE } });
    assert.match(readFileSync(path.join(directory, "task.json"), "utf8"), /^\{"schema":1,/);
  });

  /** Tasks whose helpers answer as the test says. */
  const helpers = (
    answer: (order: TaskOrder) => TaskAnswer | undefined,
    fails = false,
    hasRepository = true,
  ) => {
    const did: string[] = [];
    const stop = new AbortController();
    const work = async (): Promise<void> => {
      const given = await files.order();
      const answered = given === undefined ? undefined : answer(given);
      if (answered !== undefined) await files.giveAnswer(answered);
      if (fails) throw new Error("it failed");
    };
    const tasks = unitTasks({
      files,
      systemd: {
        start: async (unit) => {
          did.push(`start ${unit}`);
          await work();
        },
        stop: async (unit) => {
          did.push(`stop ${unit}`);
        },
        reboot: async () => {
          did.push("reboot");
        },
      },
      runChild: async (helper) => {
        did.push(helper);
        await work();
      },
      hasRepository: async () => hasRepository,
      hasHooks: async (point) => point !== "pre-fetch",
      newId: () => ID,
      log: () => undefined,
      signal: stop.signal,
    });
    return { tasks, did, stop };
  };
  const done = ({ id }: TaskOrder): TaskAnswer => ({ id, outcome: { kind: "done" } });

  it("has each task done by its helper, after the one that a former daemon left", async () => {
    const { tasks, did } = helpers(done);
    await tasks.stage({ kind: "stage", release: OFFERED }, LEDGER);
    await tasks.finalize({ kind: "finalize", release: OFFERED }, LEDGER);
    await tasks.rollback({ kind: "rollback", target: ONE, from: TWO }, LEDGER);
    await tasks.reboot({ kind: "reboot", reason: "x" }, LEDGER);
    assert.deepEqual(did, [
      "stop slipway-task@stage.service",
      "start slipway-task@stage.service",
      "stop slipway-task@finalize.service",
      "start slipway-task@finalize.service",
      "stop slipway-task@rollback.service",
      "start slipway-task@rollback.service",
      "reboot",
    ]);
  });

  it("has hooks, and what reaches terminals, in units of their own; where there are none, in none", async () => {
    const { tasks, did } = helpers(done);
    const hooks = { kind: "hooks", release: THREE, reason: "update", byHand: false } as const;
    assert.equal((await tasks.hooks({ ...hooks, point: "pre-fetch" }, LEDGER)).kind, "done");
    await tasks.hooks({ ...hooks, point: "pre-reboot" }, LEDGER);
    await tasks.sessions({ kind: "sessions", release: THREE }, LEDGER);
    await tasks.warn({ kind: "warn", release: THREE, minutes: 10 }, LEDGER);
    assert.deepEqual(did, [
      "stop slipway-hook@pre-reboot.service",
      "start slipway-hook@pre-reboot.service",
      ...["stop", "start", "stop", "start"].map((verb) => `${verb} slipway-hook@sessions.service`),
    ]);
  });

  it("waits for hooks of a rollback a minute, and for others until their unit has ended", async () => {
    const waits: number[] = [];
    const tasks = hookUnitTasks({
      files,
      systemd: {
        start: async (_, { timeoutMs }) => {
          waits.push(timeoutMs);
        },
        stop: async () => undefined,
      },
      hasHooks: async () => true,
      newId: () => ID,
      signal: new AbortController().signal,
    });
    const hooks = { kind: "hooks", point: "pre-reboot", release: THREE, byHand: true } as const;
    await tasks.hooks({ ...hooks, reason: "rollback" }, LEDGER);
    await tasks.hooks({ ...hooks, reason: "update" }, LEDGER);
    assert.deepEqual(waits, [60_000, 2_400_000]);
  });

  it("hears what was found, from a process of its own", async () => {
    const { tasks, did } = helpers(({ id }) => ({
      id,
      outcome: { kind: "offer", release: OFFERED },
    }));
    const outcome = await tasks.check({ kind: "check", request: { take: "by-itself" } }, LEDGER);
    assert.deepEqual([outcome, did], [{ kind: "offer", release: OFFERED }, ["check"]]);
  });

  it("speaks to lock servers in a process of its own too, and hears how long to wait", async () => {
    const outcome = {
      kind: "failed",
      code: "LOCK_HELD",
      message: "x",
      retryAfterSeconds: 9,
    } as const;
    const { tasks, did } = helpers(({ id }) => ({ id, outcome }));
    const answer = await tasks.lease({ kind: "take-lease", server: SERVER });
    assert.deepEqual([answer, did], [outcome, ["lease"]]);
    const silent = await helpers(() => undefined).tasks.lease({
      kind: "take-lease",
      server: SERVER,
    });
    assert.equal(silent.kind === "failed" && silent.code, "UNFINISHED");
  });

  it("looks nowhere where no repository is set, except into what an operator names", async () => {
    const { tasks, did } = helpers(done, false, false);
    const outcome = await tasks.check({ kind: "check", request: { take: "by-itself" } }, LEDGER);
    assert.equal(outcome.kind === "none" && outcome.blocker.code, "NO_REPOSITORY");
    assert.deepEqual(did, []);
    await tasks.check({ kind: "check", request: { take: "by-hand", from: "/a.tar" } }, LEDGER);
    assert.deepEqual(did, ["check"]);
  });

  it("believes an answer although the helper failed, and no answer to another order", async () => {
    const failed = { kind: "failed", code: "E_SPACE", message: "no room" } as const;
    const effect = { kind: "stage", release: OFFERED } as const;
    const told = helpers(({ id }) => ({ id, outcome: failed }), true);
    assert.deepEqual(await told.tasks.stage(effect, LEDGER), failed);
    const other = helpers(() => ({ id: "f".repeat(16), outcome: { kind: "done" } }));
    assert.equal((await other.tasks.stage(effect, LEDGER)).kind, "failed");
    const silent = await helpers(() => undefined, true).tasks.stage(effect, LEDGER);
    assert.deepEqual(silent, {
      kind: "failed",
      code: "UNFINISHED",
      message: "stage ended without an answer: it failed",
      hint: "see `journalctl --unit slipway-task@stage.service`",
    });
  });

  it("takes no answer of another kind", async () => {
    const { tasks } = helpers(({ id }) => ({ id, outcome: { kind: "offer", release: OFFERED } }));
    assert.equal((await tasks.discard({ kind: "discard", release: THREE }, LEDGER)).kind, "failed");
    const check = helpers(done).tasks.check({ kind: "check", request: { take: "not" } }, LEDGER);
    assert.equal((await check).kind, "failed");
  });

  it("stops the helper when the daemon is told to end", async () => {
    const { tasks, did, stop } = helpers(() => undefined, true);
    stop.abort();
    await tasks.stage({ kind: "stage", release: OFFERED }, LEDGER);
    assert.equal(did.at(-1), "stop slipway-task@stage.service");
  });
});
