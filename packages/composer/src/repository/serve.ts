/** A repository over HTTP, for trying things out and for small fleets; any static server does the same. */
import { constants, createReadStream } from "node:fs";
import { type FileHandle, open, readlink, realpath } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { errnoOf } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import {
  answerFor,
  cacheControl,
  contentType,
  type FileFacts,
  pathOfTarget,
} from "./http-answer.ts";

export interface ServeOptions {
  readonly repo: string;
  /** An address of this machine, such as 127.0.0.1. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Told of every answer when it has ended, whole or broken off. */
  readonly onAnswer?: (answer: Answered) => void;
}

export interface Answered {
  /** As it was asked for: `/metadata/timestamp.json`. */
  readonly path: string;
  readonly status: number;
  /** Of the body and what stands before it, as far as it was sent. */
  readonly bytes: number;
}

export interface ServedRepository extends AsyncDisposable {
  /** `http://127.0.0.1:8080`, below which the repository's files are. */
  readonly address: string;
  readonly port: number;
}

/** As long as a client may take to say what it wants, and to take the next piece of it. */
const PATIENCE_MS = 30_000;

const MOST_CONNECTIONS = 1024;

/** @throws ComposerError `NOT_A_REPOSITORY` when there is no such directory, `ADDRESS_TAKEN` when nothing can listen there. */
export const serveRepository = async ({
  repo,
  host,
  port,
  onAnswer,
}: ServeOptions): Promise<ServedRepository> => {
  const root = await realpath(repo).catch((cause: unknown) => {
    throw new ComposerError("NOT_A_REPOSITORY", `${repo} cannot be served`, {
      cause,
      hint: "name the directory that has `metadata` in it",
    });
  });
  const server = createServer((request, response) => {
    if (onAnswer !== undefined) watchAnswer(request, response, onAnswer);
    answer(root, request, response).catch(() => {
      // The client went away, or the disk failed in the middle: an answer that breaks off says so best.
      response.destroy();
    });
  });
  server.headersTimeout = PATIENCE_MS;
  server.requestTimeout = PATIENCE_MS;
  server.timeout = PATIENCE_MS;
  server.maxConnections = MOST_CONNECTIONS;
  const taken = await listen(server, host, port);
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    address: `http://${name}:${taken}`,
    port: taken,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** A connection may carry several answers: what it has sent before is not of this one. */
const watchAnswer = (
  { url = "", socket }: IncomingMessage,
  response: ServerResponse,
  tell: (answer: Answered) => void,
): void => {
  const before = socket.bytesWritten;
  response.once("close", () => {
    tell({ path: url, status: response.statusCode, bytes: socket.bytesWritten - before });
  });
};

const listen = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new ComposerError("ADDRESS_TAKEN", `cannot listen on ${host} port ${port}`, {
          cause,
          hint: "choose another with --listen, or stop what listens there",
        }),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });

const refuse = (response: ServerResponse, status: number, headers: Record<string, string> = {}) => {
  response.writeHead(status, { "content-length": "0", ...headers }).end();
};

const answer = async (
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { method = "", url = "" } = request;
  if (method !== "GET" && method !== "HEAD") return refuse(response, 405, { allow: "GET, HEAD" });
  const file = pathOfTarget(url);
  const handle = file === undefined ? undefined : await openInside(root, file);
  if (file === undefined || handle === undefined) return refuse(response, 404);
  try {
    const facts = await factsOf(handle);
    if (facts === undefined) return refuse(response, 404);
    await send({ file, handle, facts }, request, response);
  } finally {
    await handle.close();
  }
};

/** Opens a file that is below the root under its own name: links lead nowhere, in whatever part of the path they are. */
const openInside = async (root: string, file: string): Promise<FileHandle | undefined> => {
  const wanted = path.join(root, file);
  let handle: FileHandle;
  try {
    handle = await open(wanted, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    throw error;
  }
  // What was opened, not what the name means by now.
  const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  if (opened === wanted) return handle;
  await handle.close();
  return undefined;
};

const factsOf = async (handle: FileHandle): Promise<FileFacts | undefined> => {
  const stat = await handle.stat({ bigint: true });
  if (!stat.isFile()) return undefined;
  const etag = [stat.ino, stat.size, stat.mtimeNs].map((value) => value.toString(16)).join("-");
  return { size: Number(stat.size), etag: `"${etag}"` };
};

interface Sent {
  readonly file: string;
  readonly handle: FileHandle;
  readonly facts: FileFacts;
}

const send = async (
  { file, handle, facts }: Sent,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const common = {
    "accept-ranges": "bytes",
    "cache-control": cacheControl(file),
    etag: facts.etag,
    "x-content-type-options": "nosniff",
  };
  const asked = { method: request.method ?? "", headers: request.headers };
  const decided = answerFor(asked, facts);
  if (decided.status === 304) return void response.writeHead(304, common).end();
  if (decided.status === 416)
    return refuse(response, 416, { ...common, "content-range": `bytes */${facts.size}` });
  const { first, last } =
    decided.status === 206 ? decided.range : { first: 0, last: facts.size - 1 };
  response.writeHead(decided.status, {
    ...common,
    "content-type": contentType(file),
    "content-length": String(last - first + 1),
    ...(decided.status === 206 ? { "content-range": `bytes ${first}-${last}/${facts.size}` } : {}),
  });
  if (request.method === "HEAD" || last < first) return void response.end();
  const bytes = createReadStream(file, { fd: handle, start: first, end: last, autoClose: false });
  await pipeline(bytes, response);
};
