/** One file fetched over HTTP, as Ignition asks for it: bounded in size and time, redirects counted. */
import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import type { HttpHeader } from "@slipway/ignition-config";

export interface GetLimits {
  /** The longest body that is taken. */
  readonly bytes: number;
  /** Milliseconds without a byte before the server is given up. */
  readonly idleMs: number;
  /** Milliseconds for one file from the first request to the last byte, redirects included. */
  readonly totalMs: number;
}

export interface GetRequest {
  /** `http:` or `https:`. */
  readonly url: string;
  /** For the first server alone. */
  readonly headers: readonly HttpHeader[];
  readonly limits: GetLimits;
}

/** The file cannot be had. The message is the bare fact and holds no header. */
export class GetError extends Error {
  override readonly name = "GetError";
  /** Whether it may go better in a moment. */
  readonly isPassing: boolean;
  /** Whether there is more of it than is taken. */
  readonly isTooLong: boolean;

  constructor(
    message: string,
    {
      isPassing = false,
      isTooLong = false,
      cause,
    }: {
      readonly isPassing?: boolean;
      readonly isTooLong?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.isPassing = isPassing;
    this.isTooLong = isTooLong;
  }
}

/** As many as Ignition follows. */
const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Variables such as `https_proxy` and `no_proxy`, heeded as other programs do. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How requests leave this machine. */
export interface HttpClient {
  readonly userAgent: string;
  readonly http: () => http.Agent;
  readonly https: () => https.Agent;
}

export const httpClient = (userAgent: string, environment: Environment): HttpClient => ({
  userAgent,
  http: once(() => new http.Agent({ proxyEnv: environment })),
  https: once(
    () =>
      new https.Agent({
        proxyEnv: environment,
        // The machine's own authorities too: a company's servers seldom have another.
        secureContext: tls.createSecureContext({
          ca: [...tls.getCACertificates("default"), ...tls.getCACertificates("system")],
        }),
      }),
  ),
});

/**
 * Fetches a file and hands it over in pieces; what `take` throws comes through as it is.
 * @throws GetError
 */
export const httpGet = async (
  client: HttpClient,
  { url, headers, limits }: GetRequest,
  take: (chunk: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const standard = {
    Accept: "*/*",
    "Accept-Encoding": "identity",
    "User-Agent": client.userAgent,
  };
  const timeOut = AbortSignal.timeout(limits.totalMs);
  const stop = signal === undefined ? timeOut : AbortSignal.any([timeOut, signal]);
  try {
    let at = new URL(url);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const own = redirects === 0 ? headers : [];
      const response = await answer(client, at, merged(standard, own), limits, stop);
      const next = redirectOf(response, at);
      if (next === undefined) return await readBody(response, limits, take);
      response.destroy();
      at = next;
    }
    throw new GetError(`the server redirects more than ${MAX_REDIRECTS} times`);
  } catch (error) {
    signal?.throwIfAborted();
    if (timeOut.aborted) {
      throw new GetError(`it takes longer than ${limits.totalMs / 1000} s`, { cause: error });
    }
    throw error;
  }
};

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** A header that the config names takes the place of ours, whatever its case. */
const merged = (
  standard: Readonly<Record<string, string>>,
  own: readonly HttpHeader[],
): Readonly<Record<string, string>> => {
  const named = new Set(own.map(({ name }) => name.toLowerCase()));
  return Object.fromEntries([
    ...Object.entries(standard).filter(([name]) => !named.has(name.toLowerCase())),
    ...own.map(({ name, value }) => [name, value] as const),
  ]);
};

const answer = (
  client: HttpClient,
  url: URL,
  headers: Readonly<Record<string, string>>,
  { idleMs }: GetLimits,
  signal: AbortSignal,
): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    const [request, agent] =
      url.protocol === "https:" ? [https.request, client.https()] : [http.request, client.http()];
    let response: http.IncomingMessage | undefined;
    const asked = request(url, { agent, headers, signal, timeout: idleMs }, (got) => {
      response = got;
      resolve(got);
    });
    asked.on("timeout", () => {
      const silent = new GetError(`nothing came for ${idleMs / 1000} s`, { isPassing: true });
      (response ?? asked).destroy(silent);
    });
    asked.on("error", (error) => reject(asGetError(error))).end();
  });

/** Where a redirect leads; undefined for an answer that is no redirect. @throws GetError */
const redirectOf = (response: http.IncomingMessage, from: URL): URL | undefined => {
  const { location } = response.headers;
  if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return undefined;
  response.on("error", () => undefined);
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (to?.protocol === "https:" || (to?.protocol === "http:" && from.protocol === "http:")) {
    return to;
  }
  response.destroy();
  // What somebody asked for over TLS must not come without it.
  throw new GetError(
    to?.protocol === "http:"
      ? "the server redirects from https: to http:"
      : "the server redirects to what is no http: or https: address",
  );
};

const readBody = async (
  response: http.IncomingMessage,
  limits: GetLimits,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> => {
  const status = response.statusCode ?? 0;
  const announced = Number(response.headers["content-length"] ?? 0);
  const refusal =
    status !== 200 && status !== 204
      ? statusError(status, response.statusMessage)
      : announced > limits.bytes
        ? tooLong(limits)
        : undefined;
  if (refusal !== undefined) {
    response.on("error", () => undefined).destroy();
    throw refusal;
  }
  let size = 0;
  for await (const chunk of chunksOf(response)) {
    size += chunk.length;
    if (size > limits.bytes) throw tooLong(limits);
    await take(chunk);
  }
};

/** The body; what breaks it off is told apart from what its taker throws. */
const chunksOf = async function* (response: http.IncomingMessage): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw asGetError(error);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    response.destroy();
  }
};

const statusError = (status: number, text: string | undefined): GetError => {
  const said = `${status} ${text ?? ""}`.trim();
  if (status === 404) return new GetError(`the server does not have it (${said})`);
  return new GetError(`the server answers ${said}`, { isPassing: status >= 500 || status === 429 });
};

const tooLong = ({ bytes }: GetLimits): GetError =>
  new GetError(`it is longer than ${bytes} bytes`, { isTooLong: true });

const asGetError = (error: unknown): GetError => {
  if (error instanceof GetError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // A certificate that does not fit will not fit in a moment either.
  const isPassing = !/CERT|SIGNED|ERR_TLS|ERR_INVALID|^HPE_/.test(code);
  const message = error instanceof Error && error.message !== "" ? error.message : code;
  return new GetError(code === "ECONNRESET" ? "the connection broke off" : message, {
    isPassing,
    cause: error,
  });
};
