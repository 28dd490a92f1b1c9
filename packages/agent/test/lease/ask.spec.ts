/** What is said to a lock server, and what is made of its answers: over loopback, as on a node. */
import assert from "node:assert/strict";
import { manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { askLockServer } from "../../src/tasks/lease.ts";
import { nodeIdOf } from "../../src/node/node-id.ts";
import type { LeaseEffect } from "../../src/machine/effect.ts";
import { taskError } from "../../src/tasks/outcome.ts";
import { type Fault, lockServer } from "./lock-server.ts";

const MACHINE_ID = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2026, 0, 1);
const PATIENCE_MS = 500;

const ask = (
  address: string,
  kind: LeaseEffect["kind"] = "take-lease",
  id = nodeIdOf(MACHINE_ID),
) =>
  askLockServer(
    { nodeId: async () => id, clock: manualClock(new Date(NOW)) },
    { kind, server: { address, group: "default" } },
    PATIENCE_MS,
  );

describe("speaking to a lock server", () => {
  it("goes by the protocol to the letter, and names the node by an id of its own", async () => {
    await using server = await lockServer();
    assert.deepEqual(await ask(server.url), { kind: "done" });
    assert.deepEqual(await ask(server.url, "return-lease"), { kind: "done" });
    assert.deepEqual(server.objections, []);
    const id = nodeIdOf(MACHINE_ID);
    assert.deepEqual(server.requests, [
      `/v1/pre-reboot default ${id}`,
      `/v1/steady-state default ${id}`,
    ]);
    assert.ok(!id.includes(MACHINE_ID) && !id.replaceAll("-", "").includes(MACHINE_ID));
    assert.deepEqual([...server.slots.holders("default")], []);
  });

  it("is granted again what it has, refused what others have, and can give back what it has not", async () => {
    await using server = await lockServer();
    for (let times = 0; times < 3; times++)
      assert.deepEqual(await ask(server.url), { kind: "done" });
    const refused = await ask(server.url, "take-lease", "another");
    assert.deepEqual(refused, {
      kind: "failed",
      code: "LOCK_HELD",
      message: `${server.url} has no lease for group default now: semaphore currently full, all slots are locked (failed_lock, 409)`,
      hint: "wait until the others are back; `slipway-agent update` waits for none",
    });
    assert.equal((await ask(server.url, "return-lease", "another")).kind, "done");
    assert.equal((await ask(server.url, "return-lease")).kind, "done");
    assert.equal((await ask(server.url, "take-lease", "another")).kind, "done");
  });

  it("takes a path below the server's name for what it is", async () => {
    await using server = await lockServer();
    assert.equal((await ask(`${server.url}/locks`)).kind, "failed");
    assert.deepEqual(server.objections, ["there is no /locks/v1/pre-reboot"]);
  });

  const html = "<html><body>\u001b[31mBad gateway</body></html>";
  const FAULTS: readonly (readonly [string, Fault, string, RegExp])[] = [
    ["409 without a word", { kind: "status", status: 409 }, "LOCK_HELD", /it answers 409$/],
    [
      "500 in JSON",
      { kind: "status", status: 500, body: '{"kind":"e","value":"a\\u001b[2Jb\\nc"}' },
      "LOCK_REFUSED",
      /: a \[2Jb c \(e, 500\)$/,
    ],
    ["404", { kind: "status", status: 404, body: "not found" }, "LOCK_REFUSED", /answers 404$/],
    ["502 in HTML", { kind: "status", status: 502, body: html }, "LOCK_REFUSED", /answers 502$/],
    [
      "JSON of another form",
      { kind: "status", status: 400, body: '{"kind":{},"value":[]}' },
      "LOCK_REFUSED",
      /answers 400$/,
    ],
    ["a book", { kind: "huge" }, "LOCK_REFUSED", /answers 500$/],
    ["a body without an end", { kind: "never-ends" }, "LOCK_REFUSED", /answers 500$/],
    ["a reset in its body", { kind: "reset-in-body" }, "LOCK_HELD", /answers 409$/],
    ["a reset before its body", { kind: "reset-in-headers" }, "LOCK_UNREACHABLE", /no answer: /],
    ["another protocol", { kind: "upgrade" }, "LOCK_UNREACHABLE", /without an answer$/],
    ["nothing at all", { kind: "never" }, "LOCK_UNREACHABLE", /nothing came within 0\.5 s$/],
    ["a reset after it granted", { kind: "lost" }, "LOCK_UNREACHABLE", /no answer: /],
  ];
  for (const [what, fault, code, message] of FAULTS)
    it(`means not now when the answer is ${what}`, async () => {
      await using server = await lockServer();
      server.faults.push(fault);
      const outcome = await ask(server.url);
      assert.ok(outcome.kind === "failed");
      assert.equal(outcome.code, code);
      assert.match(outcome.message, message);
      assert.match(outcome.message, /^\P{Cc}{1,900}$/u);
      assert.equal((await ask(server.url)).kind, "done");
      assert.deepEqual(server.objections, []);
    });

  it("is led nowhere else", async () => {
    await using server = await lockServer();
    await using elsewhere = await lockServer();
    server.faults.push({ kind: "redirect", to: `${elsewhere.url}/v1/pre-reboot` });
    const outcome = await ask(server.url);
    assert.equal(outcome.kind === "failed" && outcome.code, "LOCK_REFUSED");
    assert.deepEqual(elsewhere.requests, []);
  });

  it("hears when it may come again, in seconds or as a date, a day away at most", async () => {
    await using server = await lockServer();
    const heard = async (value: string): Promise<number | undefined> => {
      server.faults.push({ kind: "retry-after", value });
      const outcome = await ask(server.url);
      return outcome.kind === "failed" ? outcome.retryAfterSeconds : undefined;
    };
    assert.equal(await heard("120"), 120);
    assert.equal(await heard("Thu, 01 Jan 2026 00:05:00 GMT"), 300);
    assert.equal(await heard("999999999"), 86_400);
    for (const nothing of ["-1", "soon", "1.5", "Thu, 01 Jan 2015 00:05:00 GMT", "9".repeat(40)])
      assert.equal(await heard(nothing), undefined, nothing);
  });

  it("says that nobody listens, and that the node has no id", async () => {
    const server = await lockServer();
    await server[Symbol.asyncDispose]();
    const outcome = await ask(server.url);
    assert.equal(outcome.kind === "failed" && outcome.code, "LOCK_UNREACHABLE");
    const nameless = await askLockServer(
      {
        nodeId: () => Promise.reject(taskError("NO_NODE_ID", "there is none", "reboot")),
        clock: manualClock(new Date(NOW)),
      },
      { kind: "take-lease", server: { address: server.url, group: "default" } },
    );
    assert.equal(nameless.kind === "failed" && nameless.code, "NO_NODE_ID");
  });
});
