import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Look } from "../../src/cli/agent.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import type { LastCheck } from "../../src/machine/journal.ts";
import type { State } from "../../src/machine/state.ts";
import { aLedger, aLook, document, NOW, OFFERED, POLLING, say, STAGED, TWO } from "./an-agent.ts";

const REPOSITORY = "repository: https://updates.example/\n";
const settings = (text: string): Look["config"] =>
  mergeSettings([{ file: "/etc/slipway/agent.d/site.yaml", text }]);

const failure = { code: "E_SPACE", message: "the ESP has room for 3 MB of 44 MB" };
const asked = (answer: LastCheck["answer"]): Partial<Look> => ({ lastCheck: { at: NOW, answer } });
const repositorySays = (rule: string, clearsAt?: number): Partial<Look> =>
  asked({
    kind: "none",
    blocker: {
      code: rule,
      message: "so says the repository",
      version: "3",
      ...(clearsAt === undefined ? {} : { clearsAt }),
    },
  });
/** A release that is on offer, and what the node had against it when it asked. */
const keptAwayBy = (code: string): LastCheck["answer"] => ({
  kind: "offer",
  release: OFFERED,
  blocker: { code, message: "so said the node" },
});
const LOCKED = `${REPOSITORY}strategy: lock\nlock_server: https://locks.example\n`;
const waitsFor = (
  code: string | undefined,
  standing: "asked" | "held" = "asked",
): Partial<Look> => ({
  config: settings(LOCKED),
  leases: {
    list: [
      {
        server: { address: "https://locks.example", group: "default" },
        standing,
        failures: 1,
        retryAtMs: (NOW + 45) * 1000,
        ...(code === undefined ? {} : { failure: { code, message: "so says the lock server" } }),
      },
    ],
  },
});
const pin = { version: "2", reason: "the fair", since: NOW };

/** What is the case; the codes that are told, the nearest first, with the seconds in which each clears by itself or is tried again. */
const SCENARIOS: readonly (readonly [string, Partial<Look>, ...(readonly [string, number?])[]])[] =
  [
    ["nothing is", {}],
    ["it runs the newest", repositorySays("up-to-date"), ["up-to-date"]],
    ["its wave comes later", repositorySays("wave", NOW + 600), ["wave", 600]],
    ["the release failed here", repositorySays("forbidden"), ["forbidden"]],
    ["it has to go by way of another", repositorySays("behind-barrier"), ["behind-barrier"]],
    [
      "the repository does not answer",
      {
        ...asked({ kind: "failed", failure: { code: "UNREACHABLE", message: "no route" } }),
        state: { kind: "steady", polling: POLLING },
      },
      ["UNREACHABLE", 60],
    ],
    ["there is no repository", { config: settings("") }, ["NO_REPOSITORY"]],
    ["a file has an error", { config: settings(`${REPOSITORY}stage: x`) }, ["SETTINGS_WRONG"]],
    [
      "its operator paused it",
      { ledger: aLedger({ pause: { reason: "the fair", since: NOW } }) },
      ["PAUSED"],
    ],
    ["a pause that kept a release away was taken back", asked(keptAwayBy("PAUSED"))],
    [
      "a pause keeps a release away",
      {
        ...asked(keptAwayBy("PAUSED")),
        ledger: aLedger({ pause: { reason: "the fair", since: NOW } }),
      },
      ["PAUSED"],
    ],
    ["it is pinned to what it runs", { ledger: aLedger({ pin }) }, ["PINNED"]],
    [
      "the release is on probation",
      {
        state: {
          kind: "probation",
          release: TWO,
          bootId: "b".repeat(32),
          sinceMs: NOW * 1000,
          deadlineMs: (NOW + 300) * 1000,
        },
      },
      ["ON_PROBATION", 300],
    ],
    [
      "nothing may be written",
      {
        state: {
          kind: "held",
          failure: { code: "DEGRADED", message: "the disk is damaged" },
          lookAtMs: NOW * 1000,
        },
      },
      ["DEGRADED"],
    ],
    ["/var is full", { varFreeBytes: 0 }, ["E_SPACE"]],
    [
      "its window opens in two hours",
      {
        state: STAGED,
        config: settings(`${REPOSITORY}strategy: window\nwindows: daily 02:00 for 1h\n`),
      },
      ["WINDOW_CLOSED", 7200],
    ],
    [
      "a file has an error while something is staged",
      { state: STAGED, config: settings(`${REPOSITORY}strategy: x`) },
      ["SETTINGS_WRONG"],
    ],
    [
      "somebody has to say so",
      { state: STAGED, config: settings(`${REPOSITORY}strategy: manual`) },
      ["MANUAL"],
    ],
    ["another one has the lease", { ...waitsFor("LOCK_HELD"), state: STAGED }, ["LOCK_HELD", 45]],
    ["it gets no lease", { ...waitsFor("LOCK_REFUSED"), state: STAGED }, ["LOCK_REFUSED", 45]],
    [
      "its lock server is silent",
      {
        ...waitsFor("LOCK_UNREACHABLE"),
        state: { kind: "waiting", release: OFFERED, polling: POLLING },
      },
      ["LOCK_UNREACHABLE", 45],
    ],
    [
      "nobody has asked for a lease yet",
      { config: settings(LOCKED), state: STAGED },
      ["LOCK_NOT_ASKED"],
    ],
    ["an answer is on its way", { ...waitsFor(undefined), state: STAGED }, ["LOCK_NOT_ASKED", 45]],
    [
      "the last attempt failed, and gave its lease back",
      {
        config: settings(LOCKED),
        state: { ...STAGED, attempts: 1, retryAtMs: (NOW + 30) * 1000, failure },
      },
      ["E_SPACE", 30],
    ],
    ["it has its lease", { ...waitsFor(undefined, "held"), state: STAGED }],
    [
      "it waits for a lease, and updates are paused",
      {
        ...waitsFor("LOCK_HELD"),
        state: STAGED,
        ledger: aLedger({ pause: { since: NOW } }),
      },
      ["PAUSED"],
      ["LOCK_HELD", 45],
    ],
    [
      "the last attempt failed",
      { state: { ...STAGED, attempts: 1, retryAtMs: (NOW + 30) * 1000, failure } },
      ["E_SPACE", 30],
    ],
    [
      "a hook holds the release",
      {
        state: {
          ...STAGED,
          attempts: 1,
          retryAtMs: (NOW + 30) * 1000,
          failure: { code: "HOOK_HELD", message: "hook pre-reboot.d/10-a holds the release: no" },
        },
      },
      ["HOOK_HELD", 30],
    ],
    [
      "a release was given up for now",
      {
        state: {
          kind: "steady",
          polling: {
            checkAtMs: (NOW + 60) * 1000,
            failures: 8,
            failure: { code: "HOOK_HELD", message: "hook pre-fetch.d/10-a holds the release: no" },
          },
        },
      },
      ["HOOK_HELD", 60],
    ],
    [
      "somebody is logged in, and may put it off twice more",
      {
        state: {
          ...STAGED,
          postponed: 1,
          retryAtMs: (NOW + 600) * 1000,
          failure: { code: "SESSIONS", message: "the restart waits for whoever is logged in: a" },
        },
      },
      ["SESSIONS", 1800],
    ],
    [
      "much comes together",
      {
        ledger: aLedger({ pause: { since: NOW }, pin }),
        state: { ...STAGED, attempts: 1, retryAtMs: (NOW + 30) * 1000, failure },
        config: settings(`${REPOSITORY}strategy: window\nwindows: daily 02:00 for 1h\n`),
        ...repositorySays("wave", NOW + 600),
      },
      ["PAUSED"],
      ["PINNED"],
      ["WINDOW_CLOSED", 7200],
      ["E_SPACE", 30],
      ["wave", 600],
    ],
  ];

describe("why", () => {
  it("says when it is tried again, and no moment that has gone by", async () => {
    const answer = {
      kind: "failed",
      failure: { code: "UNREACHABLE", message: "no route" },
    } as const;
    const at = async (seconds: number): Promise<string> => {
      const state: State = {
        kind: "steady",
        polling: { checkAtMs: (NOW + seconds) * 1000, failures: 1 },
      };
      return (await say(["why"], { look: async () => aLook({ ...asked(answer), state }) })).stdout;
    };
    assert.equal(await at(30), "no route [UNREACHABLE]; tried again in 30 s\n");
    assert.equal(await at(-30), "no route [UNREACHABLE]\n");
  });

  it("says when the window opens for this very node", async () => {
    const opens = async (nodeId: string | undefined): Promise<number> => {
      const config = settings(`${REPOSITORY}strategy: window\nwindows: daily 02:00 for 1h\n`);
      const look = async () => aLook({ state: STAGED, config, nodeId });
      const { why } = document(await say(["why", "--json"], { look })) as {
        why: readonly { clearsAt: number }[];
      };
      return (why[0]?.clearsAt ?? 0) - NOW;
    };
    assert.equal(await opens(undefined), 7200);
    const [one, two] = [await opens("node-1"), await opens("node-2")];
    assert.ok(one !== two && one === (await opens("node-1")));
    for (const seconds of [one, two]) assert.ok(seconds >= 7200 && seconds <= 7200 + 360);
  });

  for (const [name, with_, ...expected] of SCENARIOS)
    it(`says ${expected.map(([code]) => code).join(", ") || "nothing"} where ${name}`, async () => {
      const look = async () => aLook(with_);
      const { why } = document(await say(["why", "--json"], { look })) as {
        why: readonly { code: string; message: string; clearsAt?: number; triedAgainAt?: number }[];
      };
      assert.deepEqual(
        why.map(({ code, clearsAt, triedAgainAt }) => [code, clearsAt ?? triedAgainAt]),
        expected.map(([code, seconds]) => [code, seconds === undefined ? seconds : NOW + seconds]),
      );
      const { stdout } = await say(["why"], { look });
      assert.equal(stdout.trimEnd().split("\n").length, Math.max(1, expected.length));
      for (const { code, message } of why) assert.ok(stdout.includes(`${message} [${code}]`));
      const status = document(await say(["status", "--json"], { look })) as { why?: unknown };
      assert.deepEqual(status.why, why[0]);
    });
});
