/** The API on its socket, and the metrics alone on TCP. All of HTTP is loaded with this file, and only where one of the two is wanted. */
import type { Clock } from "@slipway/host";
import { eventHub, type Hub } from "../events/hub.ts";
import type { Snapshot } from "../events/feed.ts";
import type { ApiPorts } from "../ports.ts";
import { respond } from "../respond.ts";
import { ROUTES } from "../routes.ts";
import { type HttpServer, type HttpServerOptions, openHttpServer } from "./http-server.ts";

export interface ServeOptions {
  readonly ports: ApiPorts;
  readonly agentVersion: string;
  readonly log: (line: string) => void;
}

export interface SocketOptions extends ServeOptions {
  readonly at: HttpServerOptions["at"];
  readonly snapshot: () => Promise<Snapshot>;
  readonly watch: (listener: () => void) => () => void;
  readonly clock: Pick<Clock, "sleep">;
}

export interface ApiServer extends Pick<HttpServer, "answers" | "close"> {
  readonly hub: Pick<Hub, "changed" | "clients">;
}

/** @throws what listening throws */
export const serveApi = async (options: SocketOptions): Promise<ApiServer> => {
  const hub = eventHub({
    look: options.snapshot,
    watch: options.watch,
    clock: options.clock,
    log: options.log,
  });
  const server = await openHttpServer({
    at: options.at,
    respond: (request) => respond(options, request),
    hub,
    log: options.log,
  });
  return {
    answers: server.answers,
    hub,
    close: async () => {
      hub.close();
      await server.close();
    },
  };
};

const METRICS_ONLY = ROUTES.filter(({ target }) => target.kind === "metrics");

/** @throws what listening throws */
export const serveMetrics = (
  options: ServeOptions & { readonly at: HttpServerOptions["at"] },
): Promise<HttpServer> =>
  openHttpServer({
    at: options.at,
    respond: (request) => respond(options, request, METRICS_ONLY),
    log: options.log,
  });
