/** A program that serves the API on the socket that it was handed, until it is ended. */
import process from "node:process";
import { passedDescriptor } from "../../src/api/server/descriptors.ts";
import { serveApi } from "../../src/api/server/serve-api.ts";
import { nodeApi } from "../../src/cli/api/api-ports.ts";
import { orderQueue } from "../../src/daemon/order-queue.ts";
import { manualClock } from "@slipway/host/testing";
import { aLook, anAgent } from "../cli/an-agent.ts";
import { PROCESS } from "./a-server.ts";

const fd = passedDescriptor(process.env, process.pid, "api");
if (fd === undefined) throw new Error("nobody handed over a socket");
const clock = manualClock();
const { ports, snapshot } = nodeApi({
  agent: anAgent({ look: async () => aLook() }),
  queue: orderQueue({ newId: () => "0".repeat(16), now: () => clock.now() }),
  processFacts: () => PROCESS,
});
await serveApi({
  at: { fd },
  ports,
  snapshot,
  agentVersion: "0.1.0",
  clock,
  watch: () => () => undefined,
  log: (line) => process.stderr.write(`${line}\n`),
});
