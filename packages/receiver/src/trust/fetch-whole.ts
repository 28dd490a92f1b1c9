/** One small file of a repository, whole, within its limits of size and time. */
import type { Clock } from "@slipway/host";
import { ReceiverError } from "../errors.ts";
import type { RepositorySource } from "../fetch/source.ts";
import { refusal } from "./refusal.ts";

export interface WholeRequest {
  readonly path: string;
  readonly mostBytes: number;
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

const gather = async (
  source: RepositorySource,
  { path, mostBytes, limitMs }: WholeRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<Uint8Array> => {
  const start = clock.monotonicMs();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of source.fetch({ path, mostBytes, signal })) {
    length += piece.length;
    // A source that keeps neither limit is stopped all the same.
    if (length > mostBytes)
      throw refusal(
        "TOO_LARGE",
        { file: path, source: source.name },
        `has more than ${mostBytes} bytes`,
      );
    if (clock.monotonicMs() - start > limitMs) throw tooSlow(source, path, limitMs);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
};

const tooSlow = (source: RepositorySource, file: string, limitMs: number): ReceiverError =>
  refusal(
    "TOO_SLOW",
    { file, source: source.name },
    `did not come within ${Math.round(limitMs / 1000)} s`,
  );

const aborted = (file: string): ReceiverError =>
  new ReceiverError("ABORTED", `stopped before ${file} was fetched`);

const asReceiverError = (error: unknown, source: RepositorySource, path: string): ReceiverError =>
  error instanceof ReceiverError
    ? error
    : refusal("UNREACHABLE", { file: path, source: source.name }, "could not be read", {
        cause: error,
      });

/**
 * Fetches a file into memory.
 * @throws ReceiverError the source's own; TOO_LARGE and TOO_SLOW also where the source does not keep its limits itself.
 */
export const fetchWhole = async (
  source: RepositorySource,
  request: WholeRequest,
  clock: Clock,
): Promise<Uint8Array> => {
  if (request.signal?.aborted === true) throw aborted(request.path);
  const stop = new AbortController();
  const signal =
    request.signal === undefined ? stop.signal : AbortSignal.any([request.signal, stop.signal]);
  // A body that sends a byte now and then is caught while it comes, one that sends nothing by the sleep.
  const limit = clock.sleep(request.limitMs, signal).then(
    () => tooSlow(source, request.path, request.limitMs),
    () => aborted(request.path),
  );
  try {
    const outcome = await Promise.race([gather(source, request, clock, signal), limit]);
    if (outcome instanceof ReceiverError) throw outcome;
    return outcome;
  } catch (error) {
    throw asReceiverError(error, source, request.path);
  } finally {
    stop.abort();
  }
};
