/** A real web server with the files of a repository, which can be told to fail. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { localServer } from "../../../../test/support/local-server.ts";

export const FAULTS = [
  "cut",
  "reset",
  "error 500",
  "short body",
  "wrong range",
  "whole file",
  "corrupted",
  "stalled",
] as const;
export type Fault = (typeof FAULTS)[number];

/** What was asked for. */
export interface ServedRequest {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  readonly fault: Fault | undefined;
}

export interface RepositoryServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ServedRequest[];
}

/** `faultOf` says how the request of a number fails; a path that no file has is answered with 404. */
export const repositoryServer = async (
  files: ReadonlyMap<string, Uint8Array>,
  faultOf: (number: number) => Fault | undefined = () => undefined,
): Promise<RepositoryServer> => {
  const requests: ServedRequest[] = [];
  const server = await localServer((request, response) => {
    const path = (request.url ?? "").slice(1);
    const bytes = files.get(path);
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const [first, last] = rangeOf(request, bytes.length);
    const fault = faultOf(requests.length);
    requests.push({ path, offset: first, length: last + 1 - first, fault });
    answer(response, bytes, first, last, fault);
  });
  const stop = (): Promise<void> => Promise.resolve(server[Symbol.asyncDispose]());
  return { url: `${server.url}/`, requests, [Symbol.asyncDispose]: stop };
};

const rangeOf = (request: IncomingMessage, size: number): readonly [number, number] => {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  return match === null ? [0, size - 1] : [Number(match[1]), Number(match[2])];
};

const answer = (
  response: ServerResponse,
  bytes: Uint8Array,
  first: number,
  last: number,
  fault: Fault | undefined,
): void => {
  const part = bytes.subarray(first, last + 1);
  const half = part.subarray(0, Math.floor(part.length / 2));
  const partial = (from: number, to: number): void => {
    const range = `bytes ${from}-${to}/${bytes.length}`;
    response.writeHead(206, { "Content-Range": range, "Content-Length": to + 1 - from });
  };
  switch (fault) {
    case undefined:
      partial(first, last);
      response.end(part);
      return;
    case "cut":
      partial(first, last);
      response.write(half, () => response.destroy());
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "error 500":
      response.writeHead(500).end("broken");
      return;
    case "short body":
      response.writeHead(206, { "Content-Range": `bytes ${first}-${last}/${bytes.length}` });
      response.end(half);
      return;
    case "wrong range":
      partial(first + 1, last + 1);
      response.end(part);
      return;
    case "whole file":
      response.writeHead(200, { "Content-Length": bytes.length });
      response.end(bytes);
      return;
    case "corrupted": {
      const changed = Uint8Array.from(part);
      const at = Math.floor(changed.length / 3);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      partial(first, last);
      response.end(changed);
      return;
    }
    case "stalled":
      partial(first, last);
      response.write(half);
      return;
  }
};
