import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "mocha";
import { AgentError } from "../../src/errors.ts";
import { aLook } from "../cli/an-agent.ts";
import { anApiServer, type AnApiServer } from "./a-server.ts";
import { assertAnswer } from "./schema.ts";

const PAUSE = "/v1/actions/pause";

/** What the server says to these bytes, until it ends the connection. */
const sayAll = async (api: AnApiServer, bytes: string): Promise<string> => {
  const { socket, heard } = await api.dial();
  socket.write(bytes);
  await once(socket, "close");
  return heard();
};

const statuses = (text: string): readonly string[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status = ""]) => status);

describe("the API's server", () => {
  it("knows no other path, and says which methods a path takes", async () => {
    await using api = await anApiServer();
    for (const path of [
      "/",
      "/v1",
      "/v1/status/",
      "//v1/status",
      "/v1/../v1/status",
      "/v1/%73tatus",
    ])
      assert.equal((await api.ask("GET", path)).status, 404, path);
    for (const [method, path, allow] of [
      ["DELETE", "/v1/status", "GET, HEAD"],
      ["POST", "/v1/status", "GET, HEAD"],
      ["GET", PAUSE, "POST"],
      ["OPTIONS", PAUSE, "POST"],
    ] as const) {
      const said = await api.ask(method, path);
      assert.deepEqual([said.status, said.headers["allow"]], [405, allow]);
    }
  });

  it("answers HEAD as GET, without the body", async () => {
    await using api = await anApiServer();
    const [head, get] = [await api.ask("HEAD", "/v1/status"), await api.ask("GET", "/v1/status")];
    assert.deepEqual([head.status, head.text], [200, ""]);
    assert.equal(head.headers["content-length"], get.headers["content-length"]);
  });

  it("takes a body only as JSON: no page of a browser can send it", async () => {
    await using api = await anApiServer();
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "application/jsonp",
      "text/plain; application/json",
    ]) {
      const said = await api.ask("POST", PAUSE, "{}", { "content-type": type });
      assert.equal(said.status, 415, type);
      assertAnswer(said, "post", PAUSE);
    }
    assert.equal((await api.ask("POST", PAUSE)).status, 415);
  });

  for (const [what, body] of [
    ["nothing", ""],
    ["half of it", '{"reason": "a'],
    ["bytes that are no text", Buffer.from([0x22, 0xff, 0x22])],
    ["something behind it", "{} {}"],
    ["depth", "[".repeat(16_000)],
  ] as const)
    it(`refuses a body that is no JSON: ${what}`, async () => {
      await using api = await anApiServer();
      const said = await api.ask("POST", PAUSE, body);
      assert.equal(said.status, 400);
      assertAnswer(said, "post", PAUSE);
    });

  it("reads no body that says itself that it is too long", async () => {
    await using api = await anApiServer();
    const heard = await sayAll(
      api,
      `POST ${PAUSE} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{`,
    );
    assert.deepEqual(statuses(heard), ["413"]);
    assert.match(heard, /TOO_LARGE/);
  });

  it("ends a body that grows too long", async () => {
    await using api = await anApiServer();
    const chunk = `1000\r\n${" ".repeat(0x1000)}\r\n`;
    const heard = await sayAll(
      api,
      `POST ${PAUSE} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(8)}`,
    );
    assert.deepEqual(statuses(heard), ["413"]);
  });

  it("ends what is no HTTP, and a head that is too long", async () => {
    await using api = await anApiServer();
    assert.deepEqual(statuses(await sayAll(api, "\x16\x03\x01 hello\r\n\r\n")), ["400"]);
    const long = `GET /v1/status HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`;
    assert.deepEqual(statuses(await sayAll(api, long)), ["400"]);
    assert.equal((await api.ask("GET", "/v1/status")).status, 200);
  });

  it("answers requests that come all at once in their order, and no more than it can", async () => {
    let [looking, most] = [0, 0];
    await using api = await anApiServer({
      look: async () => {
        looking += 1;
        most = Math.max(most, looking);
        await new Promise((resolve) => setImmediate(resolve));
        looking -= 1;
        return aLook();
      },
    });
    const one = (path: string, more = ""): string =>
      `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
    const heard = await sayAll(
      api,
      one("/v1/status") +
        one("/nowhere") +
        one("/v1/why") +
        one("/v1/config", "Connection: close\r\n"),
    );
    assert.deepEqual(statuses(heard), ["200", "404", "200", "200"]);
    const crowd = await sayAll(api, one("/v1/status").repeat(200));
    assert.equal(most, 1);
    assert.ok(statuses(crowd).includes("503"), statuses(crowd).join());
    assert.equal((await api.ask("GET", "/v1/status")).status, 200);
  });

  it("goes on when a client goes away in the middle of anything", async () => {
    await using api = await anApiServer();
    for (const bytes of [
      "GET /v1/st",
      "GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n",
      `POST ${PAUSE} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
      "GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n",
      // The second one waits for the first, which never ends.
      "GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2),
    ]) {
      const { socket } = await api.dial();
      socket.write(bytes);
      await api.settle();
      socket.destroy();
    }
    await api.until(() => api.server.hub.clients() === 0);
    assert.equal((await api.ask("GET", "/v1/status")).status, 200);
    assert.deepEqual(api.logged, []);
  });

  it("says with its code and hint what the agent could not do, and logs what nobody expected", async () => {
    await using api = await anApiServer({
      look: async () => {
        throw new AgentError("LEDGER_UNUSABLE", "the ledger cannot be read", { hint: "look" });
      },
      config: async () => {
        throw new TypeError("undefined is no function");
      },
    });
    const said = await api.ask("GET", "/v1/status");
    assert.deepEqual(
      [said.status, JSON.parse(said.text)],
      [
        500,
        { schema: 1, code: "LEDGER_UNUSABLE", message: "the ledger cannot be read", hint: "look" },
      ],
    );
    const config = await api.ask("GET", "/v1/config");
    assert.equal((JSON.parse(config.text) as { code: string }).code, "ILLEGAL");
    assert.equal(api.logged.length, 2);
  });
});
