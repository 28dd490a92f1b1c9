/** HTTP over a socket, with a bound on everything that a client can make long, many or large. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ListenOptions, Socket } from "node:net";
import type { Hub, Sink } from "../events/hub.ts";
import { problemOf } from "../problem.ts";
import {
  type ApiRequest,
  type Body,
  MOST_BODY_BYTES,
  problemReply,
  type Reply,
  type Whole,
} from "../respond.ts";

const SECOND = 1000;

/** Of one server. More connections are closed as they come; more requests at once are refused. */
const MOST_CONNECTIONS = 128;
const MOST_AT_ONCE = 64;
const MOST_HEADER_BYTES: number = 8 * 1024;
const MOST_REQUESTS_OF_A_CONNECTION = 1000;

export interface HttpServer {
  /** The port, of one on TCP. */
  readonly port: number | undefined;
  /** How many answers there were, by their status. */
  readonly answers: ReadonlyMap<number, number>;
  /** Ends every connection. */
  readonly close: () => Promise<void>;
}

export interface HttpServerOptions {
  /** A descriptor that listens already, a path, or an address. */
  readonly at: Pick<ListenOptions, "host" | "port" | "path"> | { readonly fd: number };
  /** Never rejects. */
  readonly respond: (request: ApiRequest) => Promise<Reply>;
  /** Where events come from; without it there are none. */
  readonly hub?: Pick<Hub, "isFull" | "attach">;
  readonly log: (line: string) => void;
}

const TOO_MANY_CLIENTS = {
  code: "TOO_MANY",
  message: "too many clients listen to the events already",
  hint: "let one of them go, or ask /v1/history from time to time",
} as const;

const TOO_MANY_AT_ONCE = {
  code: "TOO_MANY",
  message: `${MOST_AT_ONCE} requests are being answered already`,
  hint: "ask again in a moment",
} as const;

const headerOf = (
  { headers }: IncomingMessage,
  name: "content-type" | "last-event-id",
): string | undefined => {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
};

/** What follows behind the longest body is not read. */
const readBody = async (request: IncomingMessage): Promise<Body> => {
  if (Number(request.headers["content-length"] ?? 0) > MOST_BODY_BYTES)
    return { kind: "too-large" };
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      if (!(piece instanceof Uint8Array)) continue;
      bytes += piece.length;
      if (bytes > MOST_BODY_BYTES) return { kind: "too-large" };
      pieces.push(piece);
    }
  } catch {
    return { kind: "broken-off" };
  }
  return { kind: "whole", bytes: Buffer.concat(pieces) };
};

const apiRequest = (request: IncomingMessage): ApiRequest => ({
  method: request.method ?? "",
  target: request.url ?? "",
  contentType: headerOf(request, "content-type"),
  lastEventId: headerOf(request, "last-event-id"),
  body: () => readBody(request),
});

const giveWhole = (request: IncomingMessage, response: ServerResponse, reply: Whole): void => {
  const bytes = Buffer.from(reply.text);
  response.writeHead(reply.status, { ...reply.headers, "content-length": bytes.length });
  response.end(request.method === "HEAD" ? undefined : bytes);
  // What is left of a body that nobody wants is not waited for.
  if (reply.headers["connection"] === "close") response.once("finish", () => request.destroy());
};

const sinkOf = (response: ServerResponse): Sink => {
  const gone = new AbortController();
  const leave = (): void => gone.abort(new Error("the client has gone"));
  // An answer that waits behind another one on its connection hears of nothing but that connection.
  const { socket } = response.req;
  response.once("close", leave);
  socket.once("close", leave);
  if (response.closed || socket.destroyed) leave();
  return {
    write: (text) => response.write(text),
    drained: (signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        response.once("drain", resolve);
        signal.addEventListener("abort", () => reject(new Error("not waited for")), {
          once: true,
        });
      }),
    drop: () => {
      // An end in good order would wait for a client that takes nothing.
      if (response.writableNeedDrain) response.destroy();
      else response.end();
    },
    gone: gone.signal,
  };
};

/** What node could make nothing of: it is told so in the fewest words, and left. */
const refuseRubbish = (_: Error, socket: { end: Socket["end"]; writable: boolean }): void => {
  if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
};

const listen = (server: Server, at: HttpServerOptions["at"]): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(at, () => {
      server.off("error", reject);
      resolve();
    });
  });

/** @throws what listening throws: EADDRINUSE, EADDRNOTAVAIL … */
export const openHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const { respond, hub, log } = options;
  const answers = new Map<number, number>();
  let atOnce = 0;

  const count = (status: number): void => {
    answers.set(status, (answers.get(status) ?? 0) + 1);
  };

  const give = async (
    request: IncomingMessage,
    response: ServerResponse,
    reply: Reply,
  ): Promise<void> => {
    if (reply.kind === "whole" || hub === undefined || hub.isFull()) {
      const said = reply.kind === "whole" ? reply : problemReply(TOO_MANY_CLIENTS);
      count(said.status);
      return giveWhole(request, response, said);
    }
    count(200);
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      connection: "close",
    });
    response.flushHeaders();
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    await hub.attach(sinkOf(response), reply.after);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // One that goes away while it is answered is no error of ours.
    response.on("error", () => undefined);
    if (atOnce >= MOST_AT_ONCE) {
      const reply = problemReply(TOO_MANY_AT_ONCE, { connection: "close" });
      count(reply.status);
      giveWhole(request, response, reply);
      return;
    }
    atOnce += 1;
    let isCounted = true;
    const uncount = (): void => {
      if (isCounted) atOnce -= 1;
      isCounted = false;
    };
    try {
      const reply = await respond(apiRequest(request));
      // Events take long, and are bounded by themselves.
      if (reply.kind === "events") uncount();
      await give(request, response, reply);
    } finally {
      uncount();
    }
  };

  const server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: 10 * SECOND,
      requestTimeout: 20 * SECOND,
      connectionsCheckingInterval: 5 * SECOND,
      keepAliveTimeout: 10 * SECOND,
      highWaterMark: 16 * 1024,
    },
    (request, response) => {
      serve(request, response).catch((error: unknown) => {
        // A body that breaks off, mostly.
        if (!request.destroyed) log(`a request could not be answered: ${problemOf(error).message}`);
        response.destroy();
      });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.maxRequestsPerSocket = MOST_REQUESTS_OF_A_CONNECTION;
  // A socket that is silent for so long is closed, whatever is still to be answered on it.
  server.timeout = 120 * SECOND;
  server.on("clientError", refuseRubbish);
  await listen(server, options.at);
  server.on("error", (error) => log(`the server has an error: ${error.message}`));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : undefined,
    answers,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
};
