/** A repository in one file: an export that was carried to a node without a network. */
import { type FileHandle, open } from "node:fs/promises";
import { errnoOf } from "@slipway/host";
import { ReceiverError, type ReceiverErrorCode } from "../errors.ts";
import type { FetchRequest, RepositorySource } from "./source.ts";
import { indexTar, TarError, type TarFile } from "./tar-index.ts";

const CHUNK_BYTES = 256 * 1024;

interface Index {
  readonly files: ReadonlyMap<string, TarFile>;
  /** By which a file that was replaced under its name shows. */
  readonly identity: string;
}

/** Not for what it does not have: of some files that is an answer. */
const hintFor = (code: ReceiverErrorCode): { readonly hint?: string } => {
  if (code === "NOT_FOUND") return {};
  return code === "UNREACHABLE"
    ? { hint: "see whether its medium is mounted, and look for it with `ls -l`" }
    : { hint: "copy the export again; `tar -tf` shows what is in it" };
};

/**
 * The repository in `file`, an uncompressed tar that `slipway repo export` wrote. It is read where something is asked for, never unpacked; what is
 * in it is believed as little as what a mirror sends.
 */
export const archiveSource = (file: string): RepositorySource => {
  const fail = (code: ReceiverErrorCode, message: string, cause?: unknown): ReceiverError =>
    new ReceiverError(code, `${file} ${message}`, {
      source: file,
      ...(cause === undefined ? {} : { cause }),
      ...hintFor(code),
    });

  const requireWanted = (signal: AbortSignal | undefined): void => {
    if (signal?.aborted === true) throw fail("ABORTED", "is read no further", signal.reason);
  };

  let known: Index | undefined;

  const openIndexed = async (handle: FileHandle): Promise<Index> => {
    const { size, ino, mtimeNs, dev } = await handle.stat({ bigint: true });
    const identity = [dev, ino, size, mtimeNs].join(":");
    if (known?.identity === identity) return known;
    const read = (offset: number, length: number): Promise<Uint8Array> =>
      readExactly(handle, offset, length);
    try {
      known = { identity, files: await indexTar(read, Number(size)) };
      return known;
    } catch (cause) {
      throw cause instanceof TarError ? fail("BAD_ANSWER", cause.message, cause) : cause;
    }
  };

  async function* fetch({
    path,
    range,
    mostBytes,
    signal,
  }: FetchRequest): AsyncGenerator<Uint8Array> {
    requireWanted(signal);
    const handle = await open(file, "r").catch((cause: unknown) => {
      const why = errnoOf(cause);
      const reason = why === "ENOENT" ? "is not there" : `cannot be opened (${why ?? "no reason"})`;
      throw fail("UNREACHABLE", reason, cause);
    });
    try {
      const found = (await openIndexed(handle)).files.get(path);
      if (found === undefined) throw fail("NOT_FOUND", `does not have ${path}`);
      const { offset, length } = range ?? { offset: 0, length: found.size };
      if (length > mostBytes)
        throw fail("TOO_LARGE", `has ${length} bytes as ${path}, and ${mostBytes} are taken`);
      if (offset < 0 || length < 0 || offset + length > found.size)
        throw fail("BAD_ANSWER", `has ${found.size} bytes as ${path}, not those from ${offset} on`);
      const end = found.offset + offset + length;
      for (let at = found.offset + offset; at < end; at += CHUNK_BYTES) {
        requireWanted(signal);
        yield await readExactly(handle, at, Math.min(CHUNK_BYTES, end - at));
      }
    } catch (cause) {
      if (cause instanceof ReceiverError) throw cause;
      throw fail("BAD_ANSWER", `cannot be read (${errnoOf(cause) ?? "cut off"})`, cause);
    } finally {
      await handle.close();
    }
  }

  return { name: file, fetch };
};

const readExactly = async (
  handle: FileHandle,
  offset: number,
  length: number,
): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw new RangeError(`the file ends before byte ${offset + length}`);
    done += bytesRead;
  }
  return bytes;
};
