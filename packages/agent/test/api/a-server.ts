/** The API on a socket of its own, over an agent that a test has taught, and a client that says exactly what it is told to say. */
import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@slipway/host/testing";
import type { ProcessFacts } from "../../src/api/metrics/source.ts";
import { serveApi } from "../../src/api/server/serve-api.ts";
import type { Agent } from "../../src/cli/agent.ts";
import { nodeApi } from "../../src/cli/api/api-ports.ts";
import { orderQueue } from "../../src/daemon/order-queue.ts";
import { aLook, anAgent, NOW } from "../cli/an-agent.ts";

export const PROCESS: ProcessFacts = {
  agentVersion: "0.1.0",
  nodeVersion: "26.10.0",
  startedAt: NOW - 60,
  cpuSeconds: 0.75,
  residentBytes: 70_000_000,
  eventClients: 0,
  ordersWaiting: 0,
  answers: new Map([[200, 3]]),
};

export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export const anApiServer = async (taught: Partial<Agent> = {}) => {
  const directory = await mkdtemp(path.join(tmpdir(), "slipway-api-"));
  const socket = path.join(directory, "agent.sock");
  const clock = manualClock(new Date(NOW * 1000));
  const logged: string[] = [];
  const open: Socket[] = [];
  let ids = 0;
  const queue = orderQueue({
    newId: () => String((ids += 1)).padStart(16, "0"),
    now: clock.now,
  });
  const { ports, snapshot } = nodeApi({
    agent: anAgent({
      look: async () => aLook(),
      config: async () => aLook().config,
      health: async () => ({ verdict: undefined, now: undefined, problems: [] }),
      ...taught,
    }),
    queue,
    processFacts: () => PROCESS,
  });
  let changed: () => void = () => undefined;
  let isWatched = false;
  const server = await serveApi({
    at: { path: socket },
    ports,
    snapshot,
    agentVersion: "0.1.0",
    clock,
    watch: (listener) => {
      changed = listener;
      isWatched = true;
      return () => {
        isWatched = false;
      };
    },
    log: (line) => logged.push(line),
  });
  queue.onChanged(server.hub.changed);

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 40; turn += 1) await setImmediate();
  };

  /** A request as a well-behaved client makes it. */
  const ask = (
    method: string,
    target: string,
    body?: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Said> =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          socketPath: socket,
          method,
          path: target,
          agent: false,
          headers: {
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...headers,
          },
        },
        (incoming) => {
          let text = "";
          incoming.setEncoding("utf8");
          incoming.on("data", (piece: string) => (text += piece));
          incoming.on("end", () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });

  /** A connection, on which a test says what it wants. */
  const dial = (): Promise<{ socket: Socket; heard: () => string }> =>
    new Promise((resolve, reject) => {
      const connection = connect(socket);
      open.push(connection);
      let text = "";
      connection.setEncoding("utf8");
      connection.on("data", (piece: string) => (text += piece));
      connection.once("error", reject);
      connection.once("connect", () => {
        connection.on("error", () => undefined);
        resolve({ socket: connection, heard: () => text });
      });
    });

  return {
    ask,
    dial,
    queue,
    clock,
    logged,
    server,
    settle,
    /** Until something is so; a test that waits in vain ends by mocha's time-out. */
    until: async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) await setImmediate();
    },
    isWatched: () => isWatched,
    change: async (): Promise<void> => {
      changed();
      clock.advance(250);
      await settle();
    },
    [Symbol.asyncDispose]: async () => {
      for (const connection of open) connection.destroy();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export type AnApiServer = Awaited<ReturnType<typeof anApiServer>>;
