import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ActionName } from "../../src/api/action.ts";
import { ROUTES } from "../../src/api/routes.ts";
import type { Agent, Look } from "../../src/cli/agent.ts";
import type { LedgerRecord } from "../../src/ledger/entry.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import { STATE_KINDS, type State } from "../../src/machine/state.ts";
import { aLedger, aLook, NOW, OFFERED, ONE, POLLING, STAGED, THREE, TWO } from "../cli/an-agent.ts";
import { anApiServer } from "./a-server.ts";
import { assertAnswer, assertSchema, isBody, OPENAPI } from "./schema.ts";

const failure = { code: "E_SPACE", message: "the ESP is full", hint: "make room" };
const TAKING = { release: OFFERED, byHand: false, attempts: 1, retryAtMs: NOW * 1000 };
const bootId = "b".repeat(32);

const STATES: readonly State[] = [
  { kind: "init" },
  { kind: "steady", polling: { ...POLLING, failures: 1, failure } },
  { kind: "waiting", release: OFFERED, polling: POLLING },
  { kind: "fetching", ...TAKING, giveUpAtMs: NOW * 1000 + 500, failure },
  { ...STAGED, failure },
  { kind: "finalizing", ...TAKING, phase: "preflight", bootId },
  {
    kind: "rolling-back",
    target: ONE,
    from: TWO,
    phase: "renaming",
    bootId,
    attempts: 1,
    retryAtMs: 0,
    failure,
  },
  { kind: "probation", release: TWO, bootId, sinceMs: NOW * 1000, deadlineMs: NOW * 1000 },
  { kind: "held", failure, lookAtMs: 0 },
];

const RECORDS: readonly LedgerRecord[] = (
  [
    { kind: "installed", release: ONE, securityEpoch: 1 },
    { kind: "staged", release: TWO, securityEpoch: 1 },
    { kind: "dropped", release: TWO, reason: "3 takes its place" },
    { kind: "finalized", release: TWO, from: ONE },
    { kind: "good", release: TWO, securityEpoch: 1 },
    {
      kind: "failed",
      release: THREE,
      reason: "it hung",
      evidence: { source: "panic", lines: ["a", "b"] },
    },
    { kind: "rolled-back", release: THREE, target: TWO, reason: "slow" },
    { kind: "switched", release: ONE, from: TWO },
    { kind: "forgiven", release: THREE },
    { kind: "pinned", version: "2" },
    { kind: "unpinned" },
    { kind: "paused", reason: "the fair" },
    { kind: "resumed" },
  ] as const
)
  .map((entry, index) => ({ ...entry, seq: index + 1, at: NOW + index }))
  .toReversed();

/** Everything that a node can tell of at once. */
const FULL: Partial<Look> = {
  ledger: aLedger({
    history: RECORDS,
    forbidden: new Map([
      [THREE.roothash, { release: THREE, reason: "rolled back: slow", since: NOW }],
    ]),
    pin: { version: "2", reason: "the audit", since: NOW },
    pause: { reason: "the fair", since: NOW },
    damage: ["bytes 0 to 5 of ledger-0 are spoilt"],
  }),
  lastCheck: { at: NOW, heardAt: NOW - 60, answer: { kind: "failed", failure } },
  rollback: { kind: "release", release: ONE, acceptEpoch: 1 },
  config: mergeSettings([
    {
      file: "/etc/slipway/agent.d/site.yaml",
      text: "repository: https://u:secret@updates.example/\nstrategy: window\nwindows: [daily 02:00 for 1h]\nblackouts: 2026-12-24\ngroup: shops\nwariness: 0.5\nbytes_per_second: 100000\nmetrics_listen: 127.0.0.1:9464\nnonsense: 1\n",
    },
  ]),
  progress: { task: "stage", message: "root fetched", doneBytes: 1, totalBytes: 2 },
};

const VERDICT = {
  verdict: "good",
  reason: "all passed",
  ...TWO,
  bootId,
  at: NOW,
  readBytes: 5,
  checks: [
    {
      name: "slipway/root",
      level: "required",
      outcome: "passed",
      tries: 1,
      milliseconds: 2.5,
      seen: "every block",
      output: ["a line"],
    },
  ],
  failedUnits: [{ unit: "a.service", journal: ["no"] }],
} as const;

const DOCUMENTS = ROUTES.filter(({ target }) => target.kind === "document").map(({ path }) => path);

describe("the API's documents", () => {
  for (const route of DOCUMENTS)
    it(`are what OpenAPI says: ${route}`, async () => {
      for (const look of [aLook(), aLook({ ...FULL, state: STAGED })]) {
        await using api = await anApiServer({
          look: async () => look,
          config: async () => look.config,
          health: async () => ({ verdict: VERDICT, now: undefined, problems: ["a: no file"] }),
        });
        api.queue.add({ kind: "look-asked" });
        api.queue.take();
        const said = await api.ask("GET", route);
        assert.equal(said.status, 200);
        assert.equal(said.headers["content-type"], "application/json; charset=utf-8");
        assert.equal(said.headers["cache-control"], "no-store");
        assertAnswer(said, "get", route);
        assert.doesNotMatch(said.text, /secret/);
      }
    });

  it("are what OpenAPI says in every state", async () => {
    assert.deepEqual(
      STATES.map(({ kind }) => kind),
      STATE_KINDS,
    );
    for (const state of STATES) {
      await using api = await anApiServer({ look: async () => aLook({ state }) });
      assertAnswer(await api.ask("GET", "/v1/status"), "get", "/v1/status");
      assertAnswer(await api.ask("GET", "/v1/why"), "get", "/v1/why");
    }
  });

  it("are those that the verbs print", async () => {
    await using api = await anApiServer({ look: async () => aLook(FULL) });
    const { say } = await import("../cli/an-agent.ts");
    const look = async () => aLook(FULL);
    for (const verb of ["status", "why", "history"]) {
      const { stdout } = await say([verb, "--json"], { look });
      assert.deepEqual(JSON.parse((await api.ask("GET", `/v1/${verb}`)).text), JSON.parse(stdout));
    }
    const { stdout } = await say(["config", "show", "--origin", "--json"], {
      config: async () => aLook().config,
    });
    assert.deepEqual(JSON.parse((await api.ask("GET", "/v1/config")).text), JSON.parse(stdout));
  });

  it("have as much history as is asked for, within bounds", async () => {
    await using api = await anApiServer({ look: async () => aLook(FULL) });
    const lines = async (search: string): Promise<number> =>
      (JSON.parse((await api.ask("GET", `/v1/history${search}`)).text) as { records: unknown[] })
        .records.length;
    assert.deepEqual(
      [await lines(""), await lines("?limit=1"), await lines("?limit=1000")],
      [13, 1, 13],
    );
    for (const search of ["?limit=0", "?limit=1001", "?limit=x", "?limit=1&limit=2", "?lim=1"]) {
      const said = await api.ask("GET", `/v1/history${search}`);
      assert.equal(said.status, 400, search);
      assertAnswer(said, "get", "/v1/history");
    }
    assert.equal((await api.ask("GET", "/v1/status?x=1")).status, 400);
  });
});

interface Case {
  readonly body: unknown;
  readonly taught?: Partial<Agent>;
  readonly status: number;
}

const recording = (look: Partial<Look> = {}): Partial<Agent> => ({
  look: async () => aLook(look),
  order: async (choose) => choose(aLook(look)),
});

const ACTIONS: Readonly<Record<ActionName, readonly Case[]>> = {
  check: [{ body: {}, status: 202 }],
  update: [
    { body: {}, status: 202 },
    { body: { to: "2026.11.2", from: "/mnt/usb/edge.tar", now: true }, status: 202 },
    { body: {}, taught: recording(FULL), status: 409 },
    { body: { now: true }, taught: recording(FULL), status: 202 },
  ],
  rollback: [
    { body: {}, status: 202 },
    { body: { to: "1", reason: "slow", acceptEpoch: 1 }, status: 202 },
    {
      body: {},
      taught: recording({
        rollback: { kind: "none", why: { code: "NOTHING_TO_ROLL_BACK_TO", message: "none" } },
      }),
      status: 409,
    },
  ],
  pin: [
    { body: {}, taught: recording(), status: 200 },
    { body: { version: "2", reason: "the audit" }, taught: recording(), status: 200 },
  ],
  unpin: [
    { body: {}, taught: recording(), status: 200 },
    { body: {}, taught: recording(FULL), status: 200 },
  ],
  pause: [
    { body: {}, taught: recording(), status: 200 },
    { body: { reason: "the fair" }, taught: recording(), status: 200 },
  ],
  resume: [{ body: {}, taught: recording(FULL), status: 200 }],
  forgive: [
    { body: { all: true }, taught: recording(FULL), status: 200 },
    { body: { version: "3" }, taught: recording(FULL), status: 200 },
    { body: { version: "4" }, taught: recording(FULL), status: 404 },
  ],
};

describe("the API's actions", () => {
  for (const [name, cases] of Object.entries(ACTIONS))
    for (const { body, taught, status } of cases)
      it(`answer ${name} of ${JSON.stringify(body)} with ${status}`, async () => {
        const route = `/v1/actions/${name}`;
        await using api = await anApiServer(taught);
        assert.ok(isBody(body, route));
        const said = await api.ask("POST", route, JSON.stringify(body));
        assert.equal(said.status, status, said.text);
        assertAnswer(said, "post", route);
      });

  const REFUSED: readonly (readonly [ActionName, string])[] = [
    ["check", '{"take": "by-hand"}'],
    ["check", "[]"],
    ["check", "null"],
    ["check", '{"__proto__": {}}'],
    ["update", '{"to": "../x"}'],
    ["update", '{"to": 3}'],
    ["update", '{"now": "yes"}'],
    ["update", '{"from": "relative"}'],
    ["update", '{"__proto__": {"now": true}}'],
    ["update", '{"constructor": {"prototype": {"now": true}}}'],
    ["rollback", '{"acceptEpoch": -1}'],
    ["rollback", '{"acceptEpoch": 1.5}'],
    ["rollback", '{"reason": ""}'],
    ["rollback", '{"reason": "two\\nlines"}'],
    ["pin", '{"version": ""}'],
    ["pause", `{"reason": "${"x".repeat(501)}"}`],
    ["forgive", "{}"],
    ["forgive", '{"version": "1", "all": true}'],
    ["forgive", '{"all": false}'],
  ];
  for (const [name, body] of REFUSED)
    it(`refuse ${name} of ${body.slice(0, 60)}`, async () => {
      const route = `/v1/actions/${name}`;
      await using api = await anApiServer();
      const said = await api.ask("POST", route, body);
      assert.equal(said.status, 400, said.text);
      assertAnswer(said, "post", route);
      assert.equal((JSON.parse(said.text) as { code: string }).code, "USAGE");
      assert.equal(api.queue.records().length, 0);
      assert.equal(({} as Record<string, unknown>)["now"], undefined);
    });

  it("give the daemon what they were asked for", async () => {
    await using api = await anApiServer();
    await api.ask("POST", "/v1/actions/update", '{"to": "3", "from": "/mnt/x", "now": true}');
    await api.ask("POST", "/v1/actions/check", "{}");
    await api.ask("POST", "/v1/actions/rollback", '{"acceptEpoch": 1}');
    const taken = [api.queue.take(), api.queue.take(), api.queue.take()];
    assert.deepEqual(
      taken.map((one) => one?.order),
      [
        { kind: "rollback-asked", reason: "asked for over the API", acceptEpoch: 1 },
        { kind: "update-asked", to: "3", from: "/mnt/x" },
        { kind: "look-asked" },
      ],
    );
  });

  it("are refused while too many wait, with the time after which to ask again", async () => {
    await using api = await anApiServer();
    for (let one = 0; one < 8; one += 1)
      assert.equal((await api.ask("POST", "/v1/actions/check", "{}")).status, 202);
    const said = await api.ask("POST", "/v1/actions/check", "{}");
    assert.deepEqual([said.status, said.headers["retry-after"]], [503, "10"]);
    assertAnswer(said, "post", "/v1/actions/check");
    assertAnswer(await api.ask("GET", "/v1/actions"), "get", "/v1/actions");
  });
});

describe("the API's own description", () => {
  it("has every path, and every operation a name of its own", () => {
    const ids = Object.values(OPENAPI.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => Reflect.get(operation, "operationId") as string),
    );
    assert.equal(ids.length, ROUTES.length);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("refers to nothing that it does not have, and has nothing that nobody refers to", () => {
    const text = JSON.stringify(OPENAPI);
    const meant = new Set(
      [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, one]) => one),
    );
    assert.deepEqual(
      [...meant].filter((one) => !(String(one) in OPENAPI.components.schemas)),
      [],
    );
    assert.deepEqual(
      Object.keys(OPENAPI.components.schemas).filter((one) => !meant.has(one)),
      [],
    );
  });

  it("would find a member that it does not name, and one that is missing", () => {
    assert.throws(() => assertSchema({ code: "A", message: "b", more: 1 }, "Failure"));
    assert.throws(() => assertSchema({ code: "A" }, "Failure"));
  });
});
