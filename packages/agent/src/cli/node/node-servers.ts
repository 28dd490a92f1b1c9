/** The daemon's sockets: the API's, which systemd hands over or does not, and that of the metrics, which the settings name or do not. */
import process from "node:process";
import { linuxClock } from "@slipway/host";
import type { HttpServer } from "../../api/server/http-server.ts";
import type { ApiServer } from "../../api/server/serve-api.ts";
import { watchDirectory } from "../../api/server/watch-directory.ts";
import type { OrderQueue } from "../../daemon/order-queue.ts";
import { VERSION } from "../../version.ts";
import { nodeApi, type NodeApiOptions } from "../api/api-ports.ts";
import { STATE_DIRECTORY } from "./places.ts";

export interface NodeServersOptions {
  /** That listens already; nothing where nobody has handed one over. */
  readonly descriptor: number | undefined;
  readonly agent: NodeApiOptions["agent"];
  readonly queue: OrderQueue;
  readonly log: (line: string) => void;
}

export interface NodeServers extends AsyncDisposable {
  /** Never rejects: a node is updated with an API or without. */
  readonly open: () => Promise<void>;
  /** Opens, moves or closes what the settings may have changed. Never rejects. */
  readonly goBySettings: () => Promise<void>;
}

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `ADDRESS:PORT`, an address with colons in brackets. */
const placeOf = (text: string): { readonly host: string; readonly port: number } => {
  const at = text.lastIndexOf(":");
  return { host: text.slice(0, at).replaceAll(/[[\]]/g, ""), port: Number(text.slice(at + 1)) };
};

/** Most of what an API is, loaded with the first socket. */
const loadServers = () => import("../../api/server/serve-api.ts");

export const nodeServers = ({ descriptor, agent, queue, log }: NodeServersOptions): NodeServers => {
  const startedAt = linuxClock.now().getTime() / 1000 - process.uptime();
  let api: ApiServer | undefined;
  let metrics: HttpServer | undefined;
  let metricsAt: string | undefined;
  /** An address that could not be had is tried again, and told once. */
  let refused: string | undefined;

  const { ports, snapshot } = nodeApi({
    agent,
    queue,
    processFacts: () => {
      const { user, system } = process.cpuUsage();
      return {
        agentVersion: VERSION,
        nodeVersion: process.versions.node,
        startedAt,
        cpuSeconds: (user + system) / 1_000_000,
        residentBytes: process.memoryUsage.rss(),
        eventClients: api?.hub.clients() ?? 0,
        ordersWaiting: queue.records().filter(({ state }) => state === "waiting").length,
        answers: summed([api?.answers, metrics?.answers]),
      };
    },
  });
  const served = { ports, agentVersion: VERSION, log };

  const open = async (): Promise<void> => {
    if (descriptor === undefined) {
      log("systemd has handed over no socket: there is no API (slipway-agent.socket)");
      return;
    }
    try {
      const { serveApi } = await loadServers();
      api = await serveApi({
        ...served,
        at: { fd: descriptor },
        snapshot,
        watch: (listener) => watchDirectory(STATE_DIRECTORY, listener, log),
        clock: linuxClock,
      });
      queue.onChanged(api.hub.changed);
    } catch (error) {
      log(`there is no API: ${why(error)}`);
    }
  };

  const goBySettings = async (): Promise<void> => {
    // What was done may have changed what no file tells of.
    api?.hub.changed();
    try {
      const { metricsListen } = (await agent.config()).settings;
      if (metricsListen === metricsAt && (metricsListen === undefined) === (metrics === undefined))
        return;
      await metrics?.close();
      [metrics, metricsAt] = [undefined, metricsListen];
      if (metricsListen === undefined) return;
      metrics = await (await loadServers()).serveMetrics({ ...served, at: placeOf(metricsListen) });
      log(`metrics are served on ${metricsListen}`);
      refused = undefined;
    } catch (error) {
      const line = `metrics are not served over TCP: ${why(error)}; change metrics_listen, or end what has that port`;
      if (line !== refused) log(line);
      refused = line;
    }
  };

  return {
    open,
    goBySettings,
    [Symbol.asyncDispose]: async () => {
      await api?.close();
      await metrics?.close();
    },
  };
};

const summed = (
  counts: readonly (ReadonlyMap<number, number> | undefined)[],
): ReadonlyMap<number, number> => {
  const sums = new Map<number, number>();
  for (const [status, count] of counts.flatMap((one) => [...(one ?? [])]))
    sums.set(status, (sums.get(status) ?? 0) + count);
  return sums;
};
