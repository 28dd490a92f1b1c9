/** A repository behind a web server: single ranges, connections kept, redirects counted and checked. */
import dns from "node:dns";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import tls from "node:tls";
import { ReceiverError } from "../errors.ts";
import { asReceiverError } from "./as-receiver-error.ts";
import { contentOf } from "./http-answer.ts";
import { isPrivateAddress } from "./private-address.ts";
import { encodePath } from "./source-path.ts";
import type { FetchRequest, RepositorySource } from "./source.ts";

export interface HttpSourceOptions {
  /** With the agent's version, as servers log it. */
  readonly userAgent: string;
  /** Variables such as `https_proxy` and `no_proxy`, heeded as other programs do. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_HEADER_BYTES = 16 * 1024;

/** `base` is the address under which `metadata/` and `blobs/` are. Throws a TypeError for what is no http: or https: address. */
export const httpSource = (base: string, options: HttpSourceOptions): RepositorySource => {
  const root = new URL(base.endsWith("/") ? base : `${base}/`);
  if (root.protocol !== "http:" && root.protocol !== "https:") {
    throw new TypeError(`${base} is no http: or https: address`);
  }
  // Who has a password in the address does not want it in a log.
  const name = `${root.protocol}//${root.host}${root.pathname}`;
  const client = clientFor(options);
  return { name, fetch: (request) => get(client, root, name, request) };
};

interface Client {
  readonly userAgent: string;
  readonly http: http.Agent;
  readonly https: () => https.Agent;
}

const clientFor = ({ userAgent, environment = {} }: HttpSourceOptions): Client => {
  const shared = { keepAlive: true, maxSockets: 4, proxyEnv: environment };
  let secure: https.Agent | undefined;
  return {
    userAgent,
    http: new http.Agent(shared),
    https: () =>
      (secure ??= new https.Agent({
        ...shared,
        // The machine's own authorities too: a company's servers seldom have another.
        secureContext: tls.createSecureContext({
          ca: [...tls.getCACertificates("default"), ...tls.getCACertificates("system")],
        }),
      })),
  };
};

async function* get(
  client: Client,
  root: URL,
  name: string,
  request: FetchRequest,
): AsyncGenerator<Uint8Array, void, void> {
  let at = new URL(encodePath(request.path), root);
  let isPublic = false;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await answer(client, at, name, request, isPublic);
    const next = redirectOf(response, at, name);
    if (next === undefined) {
      yield* contentOf(response, request, name);
      return;
    }
    isPublic ||= isPublicHost(response);
    response.on("error", () => undefined).destroy();
    at = next;
  }
  throw new ReceiverError("BAD_ANSWER", `${name} redirects more than ${MAX_REDIRECTS} times`, {
    source: name,
  });
}

const isPublicHost = ({ socket }: http.IncomingMessage): boolean =>
  socket.remoteAddress !== undefined && !isPrivateAddress(socket.remoteAddress);

const answer = (
  client: Client,
  url: URL,
  name: string,
  { range, signal }: FetchRequest,
  isPublic: boolean,
): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (isPublic && isPrivateAddress(host)) return reject(inward(name, host));
    const [ask, agent] =
      url.protocol === "https:" ? [https.request, client.https()] : [http.request, client.http];
    const asked = ask(url, {
      agent,
      headers: {
        Accept: "*/*",
        "Accept-Encoding": "identity",
        "User-Agent": client.userAgent,
        ...(range === undefined
          ? {}
          : { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
      },
      maxHeaderSize: MAX_HEADER_BYTES,
      ...(signal === undefined ? {} : { signal }),
      ...(isPublic && isIP(host) === 0 ? { lookup: outwardLookup(name) } : {}),
    });
    asked.once("response", resolve);
    asked.once("error", (error) => reject(asReceiverError(error, name, signal)));
    asked.end();
  });

/** Finds addresses as usual, and refuses those by which a server out there would have us ask one in here. */
const outwardLookup =
  (name: string): LookupFunction =>
  (host, options, callback) => {
    dns.lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const inner = addresses.find(({ address }) => isPrivateAddress(address));
      const [first] = addresses;
      if (inner !== undefined) return callback(inward(name, inner.address), "");
      if (options.all === true) return callback(null, addresses);
      callback(null, first?.address ?? "", first?.family);
    });
  };

const inward = (name: string, address: string): ReceiverError =>
  new ReceiverError("BAD_ANSWER", `${name} redirects to the private address ${address}`, {
    source: name,
  });

/** Where a redirect leads; undefined for an answer that is no redirect. */
const redirectOf = (response: http.IncomingMessage, from: URL, name: string): URL | undefined => {
  const { location } = response.headers;
  if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return undefined;
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (to?.protocol === "https:" || (to?.protocol === "http:" && from.protocol === "http:")) {
    return to;
  }
  response.on("error", () => undefined).destroy();
  // What somebody asked for over TLS must not come without it.
  const where =
    to?.protocol === "http:" ? "from https: to http:" : "to what is no http: or https: address";
  throw new ReceiverError("BAD_ANSWER", `${name} redirects ${where}`, { source: name });
};
