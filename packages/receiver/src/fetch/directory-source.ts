/** A repository in a directory: a USB stick, a share. */
import { constants } from "node:fs";
import { type FileHandle, open, readlink, realpath } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";
import { ReceiverError } from "../errors.ts";
import { asReceiverError } from "./as-receiver-error.ts";
import { namesIn } from "./source-path.ts";
import type { FetchRequest, RepositorySource } from "./source.ts";

const PIECE_BYTES = 64 * 1024;

export const directorySource = (directory: string): RepositorySource => ({
  name: directory,
  fetch: (request) => read(directory, request),
});

async function* read(
  directory: string,
  request: FetchRequest,
): AsyncGenerator<Uint8Array, void, void> {
  const names = namesIn(request.path);
  let handle: FileHandle | undefined;
  try {
    handle = await openWithin(directory, names);
    yield* pieces(handle, directory, request);
  } catch (error) {
    throw directoryError(error, directory, request);
  } finally {
    await handle?.close();
  }
}

/** Opens the file, and only then looks where it is: links may lead about inside the directory, and not out of it. */
const openWithin = async (directory: string, names: readonly string[]): Promise<FileHandle> => {
  const root = await realpath(directory);
  const handle = await open(
    path.join(root, ...names),
    // A pipe in the place of a file would wait for somebody to write.
    constants.O_RDONLY | constants.O_NONBLOCK,
  );
  const found = await readlink(`/proc/self/fd/${handle.fd}`);
  if (found.startsWith(`${root}/`) && (await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new ReceiverError("BAD_ANSWER", `${path.join(...names)} is no file within ${directory}`, {
    source: directory,
  });
};

async function* pieces(
  handle: FileHandle,
  source: string,
  { path, range, mostBytes, signal }: FetchRequest,
): AsyncGenerator<Uint8Array, void, void> {
  const { size } = await handle.stat();
  const offset = range?.offset ?? 0;
  const end = offset + (range?.length ?? size);
  if (range === undefined && size > mostBytes) {
    throw new ReceiverError(
      "TOO_LARGE",
      `${source} has ${path} with more than ${mostBytes} bytes`,
      {
        source,
      },
    );
  }
  for (let at = offset; at < end;) {
    signal?.throwIfAborted();
    const piece = new Uint8Array(Math.min(PIECE_BYTES, end - at));
    const { bytesRead } = await handle.read(piece, 0, piece.length, at);
    if (bytesRead === 0) {
      throw new ReceiverError("BAD_ANSWER", `${source} has ${path} with only ${at} bytes`, {
        source,
      });
    }
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

const MISSING: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "ENXIO"]);

const directoryError = (
  error: unknown,
  source: string,
  { path, signal }: FetchRequest,
): ReceiverError =>
  MISSING.has(errnoOf(error))
    ? new ReceiverError("NOT_FOUND", `${source} does not have ${path}`, { source, cause: error })
    : asReceiverError(error, source, signal);
