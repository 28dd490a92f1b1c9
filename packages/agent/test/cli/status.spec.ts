import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Look } from "../../src/cli/agent.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import type { Lease } from "../../src/machine/lease.ts";
import type { State } from "../../src/machine/state.ts";
import {
  aLedger,
  aLook,
  document,
  NOW,
  OFFERED,
  ONE,
  POLLING,
  say,
  STAGED,
  THREE,
  TWO,
} from "./an-agent.ts";

const text = async (with_: Partial<Look> = {}): Promise<string> =>
  (await say(["status"], { look: async () => aLook(with_) })).stdout;

const json = async (with_: Partial<Look> = {}): Promise<Record<string, unknown>> =>
  document(await say(["status", "--json"], { look: async () => aLook(with_) })) as Record<
    string,
    unknown
  >;

const failure = { code: "TOO_SLOW", message: "the server is slow" };
const BOOT = "b".repeat(32);

describe("status", () => {
  it("says what runs, what comes next, and where a rollback leads", async () => {
    assert.deepEqual((await text()).split("\n"), [
      "booted     edge 2 (00000002) for x86_64, slot b, good, since 2025-12-31 22:00 UTC (2 h ago)",
      "state      steady; looks again in 25 min",
      "rollback   reaches 1 (00000001)",
      "updates    channel stable, by itself",
      "last look  never",
      "",
    ]);
  });

  it("is one document with names that scripts rely on", async () => {
    const status = await json();
    assert.deepEqual(Object.keys(status), [
      "schema",
      "image",
      "architecture",
      "booted",
      "degraded",
      "state",
      "rollback",
      "forbidden",
      "settings",
      "floor",
      "problems",
    ]);
    assert.deepEqual(status["booted"], { ...TWO, slot: "b", standing: "good", since: NOW - 7200 });
    assert.deepEqual(status["rollback"], { kind: "reaches", ...ONE });
    assert.deepEqual(status["state"], { kind: "steady", until: NOW + 1500 });
  });

  it("says beforehand that a rollback reaches nothing, and the ways out", async () => {
    const rollback = {
      kind: "none",
      why: {
        code: "NOTHING_TO_ROLL_BACK_TO",
        message: "3 is staged over what was in the other slot",
        hint: "finalize it",
      },
    } as const;
    assert.match(
      await text({ rollback }),
      /^rollback {3}none: 3 is staged over what was in the other slot; to get one: finalize it$/m,
    );
    assert.deepEqual((await json({ rollback }))["rollback"], { ...rollback.why, kind: "none" });
  });

  it("says when a window opens for what is staged, or that somebody has to ask for it", async () => {
    const with_ = (text: string): Partial<Look> => ({
      state: STAGED,
      config: mergeSettings([{ file: "/etc/a.yaml", text: `repository: http://x/\n${text}` }]),
    });
    // It is midnight of a Thursday in UTC.
    const window = with_("strategy: window\nwindows: daily 02:00 for 1h\ntime_zone: Europe/Berlin");
    assert.deepEqual((await json(window))["why"], {
      code: "WINDOW_CLOSED",
      message: "release 3 waits for a window (Europe/Berlin): daily 02:00 for 1h",
      hint: "`slipway-agent update --now` does not wait for it",
      version: "3",
      clearsAt: NOW + 3600,
    });
    assert.equal((await json(with_("strategy: immediate")))["why"], undefined);
    const manual = (await json(with_("strategy: manual")))["why"] as { code: string };
    assert.equal(manual.code, "MANUAL");
    assert.equal((await json({ ...window, state: { ...STAGED, byHand: true } }))["why"], undefined);
  });

  it("says which leases the node has, and complains of one that is not taken back", async () => {
    const server = { address: "https://locks.example", group: "edge" };
    const config = mergeSettings([
      {
        file: "/etc/a.yaml",
        text: "repository: http://x/\nstrategy: lock\nlock_server: https://locks.example/\nlock_group: edge",
      },
    ]);
    const with_ = (lease: Pick<Lease, "standing" | "failure">): Partial<Look> => ({
      config,
      leases: { list: [{ server, failures: 0, retryAtMs: (NOW + 90) * 1000, ...lease }] },
    });
    const held = await json(with_({ standing: "held" }));
    assert.deepEqual(held["leases"], [{ ...server, standing: "held" }]);
    const { lock } = held["settings"] as { lock: unknown };
    assert.deepEqual([lock, held["problems"]], [server, []]);
    const lines = await text(with_({ standing: "held" }));
    assert.match(lines, /^updates {4}channel stable, by itself with a lease of its lock server$/m);
    assert.match(lines, /^lease {6}held, for group edge at https:\/\/locks\.example$/m);

    const returning = with_({ standing: "returning", failure });
    assert.deepEqual((await json(returning))["leases"], [
      { ...server, standing: "returning", triedAgainAt: NOW + 90, failure },
    ]);
    const complaint = await text(returning);
    assert.match(complaint, /^lease .*to be given back, .*; tried again in 90 s$/m);
    assert.match(complaint, /^problem .*group edge is not given back, .*: the server is slow$/m);
  });

  it("says that a rollback goes below the floor", async () => {
    const rollback = { kind: "release", release: ONE, acceptEpoch: 4 } as const;
    assert.match(await text({ rollback }), /reaches 1 .*: only with --accept-epoch 4/);
  });

  const STATES: readonly (readonly [State, RegExp])[] = [
    [{ kind: "init" }, /has not looked/],
    [
      { kind: "steady", polling: { ...POLLING, failure } },
      /in 60 s; last time: the server is slow/,
    ],
    [{ kind: "waiting", release: OFFERED, polling: POLLING }, /waiting to take 3 \(00000003\)/],
    [
      {
        kind: "fetching",
        release: OFFERED,
        byHand: false,
        attempts: 2,
        retryAtMs: NOW * 1000,
        giveUpAtMs: (NOW + 7200) * 1000,
        failure,
      },
      /fetching 3 \(00000003\), attempt 2; gives up in 2 h; last time: the server is slow/,
    ],
    [STAGED, /3 \(00000003\) is staged, and not booted before/],
    [
      {
        kind: "finalizing",
        release: OFFERED,
        byHand: true,
        phase: "rebooting",
        bootId: BOOT,
        attempts: 0,
        retryAtMs: NOW * 1000,
      },
      /finalizing 3 \(00000003\): restarting now/,
    ],
    [
      {
        kind: "rolling-back",
        target: ONE,
        from: TWO,
        phase: "renaming",
        bootId: BOOT,
        attempts: 0,
        retryAtMs: NOW * 1000,
      },
      /rolling back to 1 \(00000001\): renaming/,
    ],
    [
      {
        kind: "probation",
        release: TWO,
        bootId: BOOT,
        sinceMs: NOW * 1000,
        deadlineMs: (NOW + 600) * 1000,
      },
      /on probation: 2 .* falls back in 10 min otherwise/,
    ],
    [
      { kind: "held", failure, lookAtMs: NOW * 1000 },
      /held, nothing is written: the server is slow/,
    ],
  ];
  for (const [state, line] of STATES) {
    it(`explains ${state.kind}`, async () => {
      assert.match(await text({ state }), line);
      assert.equal(((await json({ state }))["state"] as { kind: string }).kind, state.kind);
    });
  }

  it("shows pin, pause and what is forbidden, with reasons and ages", async () => {
    const shown = await text({
      ledger: aLedger({
        pin: { version: "2", reason: "the audit", since: NOW - 300 },
        pause: { reason: "a sale", since: NOW - 300 },
        forbidden: new Map([
          [THREE.roothash, { release: THREE, reason: "web does not answer", since: NOW - 10_000 }],
        ]),
      }),
    });
    assert.match(shown, /PAUSED 5 min ago: a sale; PINNED to 2 5 min ago: the audit/);
    assert.match(
      shown,
      /^forbidden {2}3 \(00000003\): web does not answer, since 2025-12-31 21:13 UTC \(2 h ago\)$/m,
    );
    assert.match(shown, /^why {8}updates are paused: a sale \[PAUSED\]; slipway-agent resume/m);
  });

  it("says why nothing newer comes, and when that clears", async () => {
    const blocker = {
      code: "wave",
      message: "it is not this node's turn yet",
      version: "3",
      clearsAt: NOW + 3600,
    };
    const with_ = { lastCheck: { at: NOW - 60, answer: { kind: "none", blocker } } } as const;
    assert.match(await text(with_), /^last look {2}60 s ago: it is not this node's turn yet$/m);
    assert.match(await text(with_), /^why .*\[wave\]; clears 2026-01-01 01:00 UTC \(in 60 min\)$/m);
    assert.deepEqual((await json(with_))["why"], blocker);
  });

  it("says since when the repository is silent", async () => {
    const failure = { code: "UNREACHABLE", message: "updates.example cannot be reached" };
    const answer = { kind: "failed", failure } as const;
    const days = { lastCheck: { at: NOW - 60, heardAt: NOW - 3 * 86_400, answer } };
    assert.match(
      await text(days),
      /^last look {2}60 s ago: updates\.example cannot be reached; it answered 3 days ago$/m,
    );
    assert.deepEqual((await json(days))["lastCheck"], {
      at: NOW - 60,
      heardAt: NOW - 3 * 86_400,
      answer: "failed",
    });
    assert.match(await text({ lastCheck: { at: NOW, answer } }), /; it has never answered$/m);
  });

  it("says that /var is full while it is, whatever could be written down of that", async () => {
    const full = { varFreeBytes: 40 * 2 ** 20 };
    assert.match(
      await text(full),
      /^why {8}\/var has room for 40 MiB, and 48 MiB are needed \[E_SPACE\]/m,
    );
    const failure = { code: "HELD", message: "degraded" };
    const held = { ...full, state: { kind: "held", failure, lookAtMs: NOW * 1000 } } as const;
    assert.match(await text(held), /^why .*\[HELD\]/m);
    assert.doesNotMatch(await text({ varFreeBytes: 48 * 2 ** 20 }), /^why/m);
  });

  it("gives no reason for being up to date", async () => {
    const blocker = { code: "up-to-date", message: "2 is the newest" };
    const shown = await text({ lastCheck: { at: NOW, answer: { kind: "none", blocker } } });
    assert.doesNotMatch(shown, /^why/m);
    assert.match(shown, /now: 2 is the newest/);
  });

  it("says that there is no repository, and where to set one", async () => {
    const config = mergeSettings([]);
    assert.match(await text({ config }), /\[NO_REPOSITORY\]; set `repository` in a file of \/etc/);
  });

  it("shows what is wrong with the settings and the ledger", async () => {
    const config = mergeSettings([{ file: "/etc/a.yaml", text: "strategy: x" }]);
    const shown = await text({ config, ledger: aLedger({ damage: ["line 3 is damaged"] }) });
    assert.match(shown, /^problem {4}\/etc\/a\.yaml:1:11: strategy/m);
    assert.match(shown, /^problem {4}line 3 is damaged$/m);
  });

  it("never shows a password, nor lets a message rule the terminal", async () => {
    const config = mergeSettings([
      { file: "/etc/a.yaml", text: "repository: https://me:hunter2@updates.example/" },
    ]);
    const look = aLook({
      config,
      state: { kind: "held", failure: { code: "X", message: "a\u001b[2Jb" }, lookAtMs: 0 },
      ledger: aLedger({ pause: { reason: "x\u001b[31m\ny", since: NOW } }),
    });
    const all = await text(look);
    assert.doesNotMatch(JSON.stringify(await json(look)) + all, /hunter2/);
    // oxlint-disable-next-line no-control-regex -- controls are what this is about
    assert.doesNotMatch(all, /\u001b/);
  });

  it("shows a degraded node, one on probation, and how far a task is", async () => {
    const { observed } = aLook();
    const shown = await text({
      observed: {
        ...observed,
        degraded: ["/var could not be mounted"],
        booted: { ...observed.booted, standing: "counting" },
      },
      progress: { task: "stage", message: "root", doneBytes: 1024 ** 2, totalBytes: 3 * 1024 ** 2 },
    });
    assert.match(shown, /^DEGRADED {3}\/var could not be mounted$/m);
    assert.match(shown, /slot b, on probation/);
    assert.match(shown, /root, 1\.0 of 3\.0 MiB/);
  });
});
