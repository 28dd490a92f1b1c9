/** The daemon with its API, started as systemd starts it, by systemd's own program for that. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { requireTools } from "../../../../test/support/require-tools.ts";
import type { ActionRecord } from "../../src/api/ports.ts";
import { assertAnswer } from "./schema.ts";

interface Said {
  readonly status: number;
  readonly text: string;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
};

describe("the daemon with its API", () => {
  requireTools("systemd-socket-activate");
  let [directory, socketPath, port, said] = ["", "", 0, ""];
  let daemon: ChildProcess | undefined;

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "slipway-api-"));
    socketPath = path.join(directory, "agent.sock");
    port = await freePort();
    const program = path.join(import.meta.dirname, "served-node.ts");
    daemon = spawn(
      "systemd-socket-activate",
      [
        ...[`--listen=${socketPath}`, "--fdname=api"],
        ...[process.execPath, "--conditions=@slipway/source", program, `127.0.0.1:${port}`],
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    daemon.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
    for (let waits = 0; waits < 500 && !existsSync(socketPath); waits += 1) await sleep(10);
  });

  after(async () => {
    daemon?.kill("SIGKILL");
    await rm(directory, { recursive: true, force: true });
  });

  const ask = (
    method: string,
    target: string,
    body?: object,
    where: object = { socketPath },
  ): Promise<Said> =>
    new Promise((resolve, reject) => {
      request(
        {
          ...where,
          method,
          path: target,
          agent: false,
          headers: { "content-type": "application/json" },
        },
        (incoming) => {
          let text = "";
          incoming.setEncoding("utf8");
          incoming.on("data", (piece: string) => (text += piece));
          incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text }));
        },
      )
        .on("error", reject)
        .end(body === undefined ? undefined : JSON.stringify(body));
    });

  const statusOf = async () =>
    JSON.parse((await ask("GET", "/v1/status")).text) as {
      booted: { version: string };
      state: { kind: string };
      pause?: object;
    };

  /** The action when it is done. */
  const done = async (name: string, body: object): Promise<ActionRecord> => {
    const accepted = await ask("POST", `/v1/actions/${name}`, body);
    assert.equal(accepted.status, 202, accepted.text);
    assertAnswer(accepted, "post", `/v1/actions/${name}`);
    const { id } = (JSON.parse(accepted.text) as { accepted: ActionRecord }).accepted;
    for (;;) {
      const listed = await ask("GET", "/v1/actions");
      assertAnswer(listed, "get", "/v1/actions");
      const { actions } = JSON.parse(listed.text) as { actions: readonly ActionRecord[] };
      const record = actions.find((one) => one.id === id);
      if (record?.state === "done") return record;
      await sleep(20);
    }
  };

  it("answers the connection that it was started by", async () => {
    assertAnswer(await ask("GET", "/v1/status"), "get", "/v1/status");
    assert.equal((await statusOf()).booted.version, "2");
  });

  it("writes an order down, and goes by it", async () => {
    assert.equal((await ask("POST", "/v1/actions/pause", { reason: "the fair" })).status, 200);
    assert.ok((await statusOf()).pause !== undefined);
    assert.equal((await ask("POST", "/v1/actions/update", {})).status, 409);
    assert.equal((await ask("POST", "/v1/actions/resume", {})).status, 200);
    assert.equal((await statusOf()).pause, undefined);
  });

  it("has its metrics on the address of its settings, and nothing else there", async () => {
    const tcp = { host: "127.0.0.1", port };
    const metrics = await ask("GET", "/metrics", undefined, tcp);
    assert.equal(metrics.status, 200);
    assert.match(metrics.text, /^slipway_booted_release_info\{version="2",/m);
    for (const target of ["/v1/status", "/v1/events", "/v1/openapi.json", "/"])
      assert.equal((await ask("GET", target, undefined, tcp)).status, 404, target);
    assert.equal((await ask("POST", "/v1/actions/rollback", {}, tcp)).status, 404);
  });

  it("asks, updates and rolls back in its own loop, and says what came of each", async () => {
    assert.equal((await done("check", {})).answer?.failure?.code, "NO_REPOSITORY");
    assert.equal((await done("update", {})).answer?.failure?.code, "NO_REPOSITORY");

    const listener = connect(socketPath);
    let heard = "";
    listener.setEncoding("utf8").on("data", (text: string) => (heard += text));
    listener.write("GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n");
    while (!heard.includes("event: state")) await sleep(10);

    const { answer } = await done("rollback", { reason: "checkout times out" });
    assert.equal(answer?.outcome, "restarting");
    assert.match(said, /^the node restarts$/m);
    assert.equal((await statusOf()).state.kind, "rolling-back");
    while (!heard.includes('"outcome":"restarting"')) await sleep(10);
    assert.match(heard, /event: ledger\nid: \d+\ndata: \{"kind":"rolled-back"[^\n]*checkout times/);
    assert.match(heard, /event: state\nid: \d+\ndata: \{"kind":"rolling-back"/);
    listener.destroy();
  });

  it("ends in good order, whoever is listening", async () => {
    const listener = connect(socketPath);
    listener.write("GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(listener, "data");
    assert.ok(daemon !== undefined);
    const ended = once(daemon, "close");
    daemon.kill("SIGTERM");
    const [status] = (await ended) as [number | null];
    assert.equal(status, 0, said);
    assert.match(said, /^ended in good order$/m);
  });
});
