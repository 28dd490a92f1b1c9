/** What a server says it sends, held against what was asked, before a byte of it is taken. */
import type { IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import { ReceiverError } from "../errors.ts";
import { asReceiverError } from "./as-receiver-error.ts";
import type { FetchRequest } from "./source.ts";

/** A server without ranges sends the whole file. That is taken where it costs no more than this. */
const MOST_SKIPPED_BYTES = 1024 * 1024;

/** What a server writes about a file that it does not have is read to its end where it is no longer than this: that is less than a new connection costs. */
const MOST_EXCUSE_BYTES = 4096;

/** Which bytes of the body are the ones that were asked for. */
interface Body {
  readonly skip: number;
  /** Undefined: all, up to the request's limit. */
  readonly length: number | undefined;
  /** Whether more comes behind it, which is not waited for. */
  readonly goesOn: boolean;
}

/** The bytes that were asked for; anything else is an error. */
export async function* contentOf(
  response: IncomingMessage,
  request: FetchRequest,
  source: string,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* cut(response, bodyOf(response, request, source), request, source);
  } catch (error) {
    throw asReceiverError(error, source, request.signal);
  } finally {
    response.on("error", () => undefined);
    if (isExcuse(response)) await readToEnd(response);
    else if (!response.complete) response.destroy();
  }
}

/** A short answer that says no, of which nothing was read yet. */
const isExcuse = ({ statusCode = 0, headers, readableDidRead }: IncomingMessage): boolean =>
  statusCode >= 400 &&
  !readableDidRead &&
  (numberOf(headers["content-length"]) ?? Infinity) <= MOST_EXCUSE_BYTES;

/** The connection is free for the next request then. However it ends, the excuse itself is nobody's concern. */
const readToEnd = async (response: IncomingMessage): Promise<void> => {
  await finished(response.resume()).catch(() => undefined);
};

const bodyOf = (response: IncomingMessage, request: FetchRequest, source: string): Body => {
  const { statusCode: status = 0, statusMessage, headers } = response;
  const bad = (what: string): ReceiverError =>
    new ReceiverError("BAD_ANSWER", `${source} answers ${what} for ${request.path}`, { source });
  // Object stores whose contents may not be listed answer 403 for what is not there.
  if (status === 404 || status === 410 || status === 403) {
    throw new ReceiverError("NOT_FOUND", `${source} does not have ${request.path}`, { source });
  }
  if (status >= 500 || status === 429 || status === 408) {
    throw new ReceiverError(
      "UNREACHABLE",
      `${source} answers ${status} ${statusMessage ?? ""}`.trim(),
      { source },
    );
  }
  if (status !== 200 && status !== 206) throw bad(`status ${status}`);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw bad("in an encoding that was not asked for");
  const announced = numberOf(headers["content-length"]);
  const { range, mostBytes } = request;
  if (range === undefined) {
    if (status === 206) throw bad("a part");
    if (announced !== undefined && announced > mostBytes) throw tooLarge(request, source);
    return { skip: 0, length: announced, goesOn: false };
  }
  if (status === 200) {
    const end = range.offset + range.length;
    if (
      announced === undefined ||
      announced < end ||
      announced - range.length > MOST_SKIPPED_BYTES
    ) {
      throw bad("with the whole file instead of a part");
    }
    return { skip: range.offset, length: range.length, goesOn: true };
  }
  const given = /^bytes (\d{1,16})-(\d{1,16})\/(?:\d{1,16}|\*)$/.exec(
    headers["content-range"] ?? "",
  );
  if (
    given === null ||
    Number(given[1]) !== range.offset ||
    Number(given[2]) !== range.offset + range.length - 1 ||
    (announced !== undefined && announced !== range.length)
  ) {
    throw bad("with another part than was asked for");
  }
  return { skip: 0, length: range.length, goesOn: false };
};

const numberOf = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;

const tooLarge = ({ path, mostBytes }: FetchRequest, source: string): ReceiverError =>
  new ReceiverError("TOO_LARGE", `${source} has ${path} with more than ${mostBytes} bytes`, {
    source,
  });

async function* cut(
  chunks: AsyncIterable<Uint8Array>,
  { skip, length, goesOn }: Body,
  request: FetchRequest,
  source: string,
): AsyncGenerator<Uint8Array, void, void> {
  let [skipped, given] = [0, 0];
  for await (const chunk of chunks) {
    const unwanted = Math.min(chunk.length, skip - skipped);
    skipped += unwanted;
    const rest = chunk.subarray(unwanted);
    const wanted = goesOn ? rest.subarray(0, (length ?? 0) - given) : rest;
    given += wanted.length;
    if (length === undefined && given > request.mostBytes) throw tooLarge(request, source);
    if (length !== undefined && given > length) throw wrongLength(request, source, length, "more");
    if (wanted.length > 0) yield wanted;
    if (goesOn && given === length) return;
  }
  if (length !== undefined && given < length) {
    throw wrongLength(request, source, length, `only ${given}`);
  }
}

const wrongLength = (
  { path }: FetchRequest,
  source: string,
  length: number,
  given: string,
): ReceiverError =>
  new ReceiverError(
    "BAD_ANSWER",
    `${source} announces ${length} bytes for ${path} and sends ${given}`,
    {
      source,
    },
  );
