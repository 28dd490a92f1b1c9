/** Metadata over a real connection: what a server can do to a node that only asks for a timestamp. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { type Clock, linuxClock } from "@slipway/host";
import { crashingDirectory } from "@slipway/host/testing";
import { httpSource, openTrust, ReceiverError, type ReceiverErrorCode } from "@slipway/receiver";
import { describe, it } from "mocha";
import { type LocalServer, localServer } from "../support/local-server.ts";
import { NOW, ROOT_1, soundFiles } from "../support/signed-repository/sound.ts";

/** So many seconds in each, at a time when the repository is fresh: a minute is three seconds, enough for a busy machine. */
const HASTE = 20;

const hastyClock = (): Clock => {
  const start = linuxClock.monotonicMs();
  const elapsed = (): number => (linuxClock.monotonicMs() - start) * HASTE;
  return {
    now: () => new Date(NOW * 1000 + elapsed()),
    monotonicMs: elapsed,
    sleep: (ms, signal) => linuxClock.sleep(ms / HASTE, signal),
  };
};

type Answer = (response: ServerResponse) => void;

/** Serves the sound repository, but for one file. */
const served = (oddPath: string, odd: Answer): Promise<LocalServer> => {
  const files = soundFiles();
  return localServer((request, response) => {
    const path = (request.url ?? "/").slice(1);
    const bytes = files.get(path);
    if (path === oddPath) odd(response);
    else if (bytes === undefined) response.writeHead(404).end();
    else response.end(bytes);
  });
};

const lookAt = async (...urls: readonly string[]): Promise<string> => {
  const clock = hastyClock();
  const trust = await openTrust({
    store: crashingDirectory(),
    initialRoot: ROOT_1,
    sources: urls.map((url) => httpSource(url, { userAgent: "slipway-test" })),
    clock,
    buildDate: new Date(NOW * 1000),
    log: () => undefined,
  });
  try {
    const view = await trust.refresh();
    return `${(await view.releases("base", "x86_64")).length} releases`;
  } catch (error) {
    if (error instanceof ReceiverError) return error.code;
    throw error;
  }
};

const TIMESTAMP = "metadata/timestamp.json";

const trickle: Answer = (response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};

const flood =
  (announced: boolean): Answer =>
  (response) => {
    response.writeHead(200, announced ? { "content-length": 10_000_000 } : {});
    const piece = Buffer.alloc(64 * 1024, " ");
    const pour = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on("drain", pour);
    pour();
  };

describe("metadata over HTTP", () => {
  it("is believed from a plain server of files", async () => {
    await using server = await served("none", (response) => response.end());
    assert.equal(await lookAt(server.url), "2 releases");
  });

  const CASES: readonly (readonly [string, Answer, ReceiverErrorCode])[] = [
    ["trickles without end", trickle, "TOO_SLOW"],
    ["never begins", () => undefined, "TOO_SLOW"],
    ["says 10 MB", flood(true), "TOO_LARGE"],
    ["pours without end and says nothing", flood(false), "TOO_LARGE"],
    ["breaks off", (response) => response.destroy(), "UNREACHABLE"],
    ["is an error", (response) => response.writeHead(500).end(), "UNREACHABLE"],
    ["is not there", (response) => response.writeHead(404).end(), "NOT_FOUND"],
    [
      "is packed, though nobody asked for that",
      (response) => response.writeHead(200, { "content-encoding": "gzip" }).end("x"),
      "BAD_ANSWER",
    ],
    ["is a page for people", (response) => response.end("<html>"), "BAD_METADATA"],
  ];
  for (const [title, answer, code] of CASES)
    it(`ends in time where the timestamp ${title}, and goes on at the next source`, async () => {
      await using odd = await served(TIMESTAMP, answer);
      await using sound = await served("none", (response) => response.end());
      assert.equal(await lookAt(odd.url), code);
      assert.equal(await lookAt(odd.url, sound.url), "2 releases");
    });
});
