/** A lock server on loopback that takes nothing but what FleetLock's specification says, and can be as unwell as servers are. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { localServer } from "../../../../test/support/local-server.ts";
import { Slots } from "./slots.ts";

/** What it does in place of an answer. `lost`: it grants what is asked for, and nobody hears of it. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly body?: string }
  | { readonly kind: "retry-after"; readonly value: string }
  | { readonly kind: "redirect"; readonly to: string }
  | {
      readonly kind:
        | "reset-in-headers"
        | "reset-in-body"
        | "huge"
        | "never"
        | "never-ends"
        | "upgrade";
    }
  | { readonly kind: "lost" };

export interface LockServerFixture extends AsyncDisposable {
  readonly url: string;
  readonly slots: Slots;
  /** What was refused because the protocol forbids it. */
  readonly objections: readonly string[];
  /** In their order: `PATH GROUP ID`. */
  readonly requests: readonly string[];
  /** Each is for one request. */
  readonly faults: Fault[];
}

const MOST_REQUEST_BYTES = 64 * 1024;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new Error("no bytes");
    bytes += chunk.length;
    if (bytes > MOST_REQUEST_BYTES) throw new Error("too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

interface Client {
  readonly id: string;
  readonly group: string;
}

/** Who asks, or what is wrong with the question. */
const clientOf = (request: IncomingMessage, body: string): Client | string => {
  if (request.method !== "POST") return "the method is not POST";
  if (request.headers["fleet-lock-protocol"] !== "true") return "there is no fleet-lock-protocol";
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return "the body is no JSON";
  }
  const params = isRecord(value) ? value["client_params"] : undefined;
  if (!isRecord(params)) return "there are no client_params";
  const { id, group } = params;
  if (typeof id !== "string" || id === "") return "there is no id";
  if (typeof group !== "string" || !/^[a-zA-Z0-9.-]+$/.test(group)) return "there is no group";
  if (Object.keys(params).length !== 2) return "there are other client_params";
  return { id, group };
};

const refuse = (
  response: ServerResponse,
  status: number,
  kind: string,
  value: string,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ kind, value }));
};

const be = (fault: Exclude<Fault, { kind: "lost" }>, response: ServerResponse): void => {
  switch (fault.kind) {
    case "status":
      response.writeHead(fault.status);
      response.end(fault.body);
      return;
    case "retry-after":
      return refuse(response, 503, "overload", "come back later", { "retry-after": fault.value });
    case "redirect":
      response.writeHead(307, { location: fault.to });
      response.end();
      return;
    case "reset-in-headers":
      response.socket?.write("HTTP/1.1 200 OK\r\nContent-Le");
      response.socket?.destroy();
      return;
    case "upgrade":
      response.socket?.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
      );
      return;
    case "reset-in-body":
      response.writeHead(409, { "content-length": "1000" });
      response.write('{"kind":"failed_lock",', () => response.socket?.destroy());
      return;
    case "huge":
      response.writeHead(500);
      response.write("x".repeat(1_000_000));
      response.write("x".repeat(1_000_000));
      return;
    case "never":
      return;
    case "never-ends":
      response.writeHead(500);
      response.write("<html>");
  }
};

/** @param most so many nodes of a group at a time */
export const lockServer = async (most: number = 1): Promise<LockServerFixture> => {
  const slots = new Slots(() => most);
  const [objections, requests, faults]: [string[], string[], Fault[]] = [[], [], []];
  const object = (response: ServerResponse, status: number, what: string): void => {
    objections.push(what);
    refuse(response, status, "bad_request", what);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const { url = "" } = request;
    if (url !== "/v1/pre-reboot" && url !== "/v1/steady-state")
      return object(response, 404, `there is no ${url}`);
    const client = clientOf(request, body);
    if (typeof client === "string") return object(response, 400, client);
    const { id, group } = client;
    requests.push(`${url} ${group} ${id}`);
    const fault = faults.shift();
    if (fault !== undefined && fault.kind !== "lost") return be(fault, response);
    let isGranted = true;
    if (url === "/v1/pre-reboot") isGranted = slots.take(group, id);
    else slots.give(group, id);
    if (fault?.kind === "lost") response.socket?.destroy();
    else if (isGranted) response.writeHead(200).end();
    else refuse(response, 409, "failed_lock", `semaphore currently full, all slots are locked`);
  };
  const server = await localServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      objections.push(String(error));
      response.destroy();
    });
  });
  return {
    url: server.url,
    slots,
    objections,
    requests,
    faults,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
