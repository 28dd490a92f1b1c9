import assert from "node:assert/strict";
import type { Verdict } from "@slipway/release";
import { describe, it } from "mocha";
import type { Look } from "../../src/cli/agent.ts";
import type { LedgerRecord } from "../../src/ledger/entry.ts";
import { aLedger, aLook, NOW, STAGED, TWO } from "../cli/an-agent.ts";
import { beginning, eventsAfter, MOST_BATCH_CHARACTERS } from "../../src/api/events/feed.ts";
import { anApiServer, type AnApiServer } from "./a-server.ts";
import { assertSchema } from "./schema.ts";

interface Event {
  readonly event: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const parse = (text: string): readonly Event[] =>
  text
    .split("\n\n")
    .filter((block) => block.includes("event: "))
    .map((block) => {
      const [, event = "", id = "", data = ""] =
        /event: (\w+)\nid: (\d+)\ndata: (.*)$/.exec(block) ?? [];
      return { event, id, data: JSON.parse(data) as Event["data"] };
    });

const SCHEMA_OF: Readonly<Record<string, string>> = {
  ledger: "LedgerLine",
  state: "State",
  verdict: "Verdict",
  action: "ActionRecord",
};

/** The lines from a number to another, newest first. */
const lines = (from: number, to: number, reason = "why"): readonly LedgerRecord[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    kind: "paused" as const,
    reason,
    seq: to - index,
    at: NOW,
  }));

const snapshot = (records: readonly LedgerRecord[]) => ({
  state: { kind: "steady" },
  records,
  verdict: undefined,
  actions: [],
});

describe("what a client of the events has not heard", () => {
  const heard = (after: number | undefined, records: readonly LedgerRecord[]): readonly string[] =>
    parse(eventsAfter(beginning(after, snapshot(records)), snapshot(records)).text).map(
      ({ event, id }) => `${event} ${id}`,
    );

  it("begins with the state where it asks for nothing older", () => {
    assert.deepEqual(heard(undefined, lines(1, 3)), ["state 3"]);
    assert.deepEqual(heard(undefined, []), ["state 0"]);
  });

  it("is every line since the last one that it has", () => {
    assert.deepEqual(heard(1, lines(1, 3)), ["ledger 2", "ledger 3", "state 3"]);
    assert.deepEqual(heard(3, lines(1, 3)), ["state 3"]);
    assert.deepEqual(heard(0, lines(1, 2)), ["ledger 1", "ledger 2", "state 2"]);
  });

  it("has a gap where lines are gone, and where the ledger is another one", () => {
    const [gap] = parse(
      eventsAfter(beginning(2, snapshot(lines(9, 10))), snapshot(lines(9, 10))).text,
    );
    assert.deepEqual([gap?.event, gap?.data], ["gap", { from: 3, to: 8 }]);
    assert.deepEqual(heard(50, lines(1, 2)), ["gap 0", "ledger 1", "ledger 2", "state 2"]);
    assert.deepEqual(heard(5, []), ["gap 0", "state 0"]);
  });

  it("is told in pieces, none of them much longer than a piece may be, and none twice", () => {
    const records = lines(1, 3000, "x".repeat(300));
    let [cursor, isCut, most] = [beginning(0, snapshot(records)), true, 0];
    const ids: string[] = [];
    while (isCut) {
      const batch = eventsAfter(cursor, snapshot(records));
      ({ cursor, isCut } = batch);
      most = Math.max(most, batch.text.length);
      ids.push(...parse(batch.text).flatMap(({ event, id }) => (event === "ledger" ? [id] : [])));
    }
    assert.deepEqual(
      ids,
      Array.from({ length: 3000 }, (_, index) => String(index + 1)),
    );
    assert.ok(most < MOST_BATCH_CHARACTERS + 1000, String(most));
  });

  it("is nothing while nothing changes", () => {
    const now = snapshot(lines(1, 2));
    const { cursor } = eventsAfter(beginning(0, now), now);
    assert.equal(eventsAfter(cursor, now).text, "");
  });
});

const listen = async (api: AnApiServer, header = "") => {
  const client = await api.dial();
  client.socket.write(`GET /v1/events HTTP/1.1\r\nHost: a\r\n${header}\r\n`);
  await api.until(() => client.heard().includes("\r\n\r\n"));
  await api.settle();
  return { ...client, events: () => parse(client.heard()) };
};

describe("the events", () => {
  it("tell of lines, states, verdicts and actions, each once and as OpenAPI has them", async () => {
    let look: Look = aLook();
    const verdicts: Verdict[] = [];
    await using api = await anApiServer({
      look: async () => look,
      health: async () => ({ verdict: verdicts[0], now: undefined, problems: [] }),
    });
    const { events, heard } = await listen(api);
    assert.match(heard(), /^HTTP\/1\.1 200[^]*content-type: text\/event-stream/i);
    look = aLook({ ledger: aLedger({ history: lines(1, 2) }), state: STAGED });
    await api.change();
    verdicts.push({
      verdict: "good",
      reason: "all passed",
      ...TWO,
      bootId: "b",
      at: NOW,
      readBytes: 0,
      checks: [],
      failedUnits: [],
    });
    await api.change();
    await api.change();
    const { id = "" } = api.queue.add({ kind: "update-asked" }) ?? {};
    await api.change();
    api.queue.take();
    await api.change();
    api.queue.finish(id, { outcome: "nothing", message: "it is the newest" });
    await api.change();
    assert.deepEqual(
      events().map(({ event, id: number, data }) => [event, number, data["kind"] ?? data["state"]]),
      [
        ["state", "0", "steady"],
        ["ledger", "1", "paused"],
        ["ledger", "2", "paused"],
        ["state", "2", "staged"],
        ["verdict", "2", undefined],
        ["action", "2", "waiting"],
        ["action", "2", "running"],
        ["action", "2", "done"],
      ],
    );
    for (const { event, data } of events()) assertSchema(data, SCHEMA_OF[event] ?? event);
  });

  it("go on where a client left off", async () => {
    await using api = await anApiServer({
      look: async () => aLook({ ledger: aLedger({ history: lines(1, 5) }) }),
    });
    const { events } = await listen(api, "Last-Event-ID: 3\r\n");
    assert.deepEqual(
      events().map(({ event, id }) => `${event} ${id}`),
      ["ledger 4", "ledger 5", "state 5"],
    );
    // What is no number of a line is no place to go on from.
    const other = await listen(api, "Last-Event-ID: 3 or so\r\n");
    assert.equal(other.events()[0]?.event, "state");
  });

  it("are followed by a sign of life every quarter of a minute", async () => {
    await using api = await anApiServer();
    const { heard } = await listen(api);
    for (let beat = 0; beat < 3; beat += 1) {
      api.clock.advance(15_000);
      await api.settle();
    }
    assert.equal(heard().match(/: still here/g)?.length, 3);
  });

  it("are for sixteen at once; the others are told so, and get a place when one is free", async () => {
    await using api = await anApiServer();
    const clients: Awaited<ReturnType<typeof listen>>[] = [];
    for (let one = 0; one < 100; one += 1) clients.push(await listen(api));
    const accepted = clients.filter(({ heard }) => heard().startsWith("HTTP/1.1 200"));
    const refused = clients.filter(({ heard }) => heard().startsWith("HTTP/1.1 503"));
    assert.deepEqual([accepted.length, refused.length], [16, 84]);
    assert.match(refused[0]?.heard() ?? "", /TOO_MANY/);
    assert.equal((await api.ask("GET", "/v1/status")).status, 200);
    accepted[0]?.socket.destroy();
    await api.until(() => api.server.hub.clients() === 15);
    assert.match((await listen(api)).heard(), /^HTTP\/1\.1 200/);
  });

  it("watch the node while somebody listens, and only then", async () => {
    await using api = await anApiServer();
    assert.equal(api.isWatched(), false);
    const { socket } = await listen(api);
    assert.equal(api.isWatched(), true);
    socket.destroy();
    await api.until(() => api.server.hub.clients() === 0);
    assert.equal(api.isWatched(), false);
  });

  it("let go of a client that takes nothing, with the reason in the log", async () => {
    await using api = await anApiServer({
      look: async () => aLook({ ledger: aLedger({ history: lines(1, 20_000, "x".repeat(400)) }) }),
    });
    const client = await api.dial();
    client.socket.pause();
    client.socket.write("GET /v1/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 0\r\n\r\n");
    await api.until(() => api.server.hub.clients() === 1);
    const other = await listen(api);
    for (let turn = 0; turn < 20; turn += 1) await api.settle();
    api.clock.advance(30_000);
    await api.until(() => api.server.hub.clients() === 1);
    assert.match(api.logged.join(), /taken nothing for 30 s, and is let go \[TOO_SLOW\]/);
    assert.equal(other.events()[0]?.event, "state");
  });

  it("end when the node cannot be looked at, and when the daemon does", async () => {
    let isBroken = false;
    await using api = await anApiServer({
      look: async () => {
        if (isBroken) throw new Error("/efi cannot be read");
        return aLook();
      },
    });
    const { socket } = await listen(api);
    isBroken = true;
    await api.change();
    await api.until(() => socket.readableEnded);
    assert.match(api.logged.join(), /the events end: \/efi cannot be read/);
    isBroken = false;
    const other = await listen(api);
    await api.server.close();
    await api.until(() => other.socket.readableEnded || other.socket.destroyed);
  });
});
