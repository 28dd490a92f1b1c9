/** A file of the repository, fetched to the node's own disk a piece at a time, and of use only once its digest is right. */
import { createHash, type Hash } from "node:crypto";
import type { Files, OpenFile } from "@slipway/host";
import { blobPath, type ByteSource, type FileFacts } from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import type { Mirrors, Piece } from "../fetch/mirrors.ts";
import type { Journal } from "./journal.ts";
import type { Report } from "./progress.ts";

export interface FetchContext {
  readonly mirrors: Mirrors;
  readonly files: Files;
  /** Where the parts are kept. */
  readonly directory: string;
  readonly journal: Journal;
  /** Told of each piece. */
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
  /** After so many bytes they are made durable. */
  readonly checkpointBytes: number;
}

/** A file that is there whole, and is what the manifest says. */
export interface FetchedFile extends ByteSource {
  readonly close: () => Promise<void>;
}

/** What is fetched and not yet durable is fetched again after a power cut: with the piece that comes next, less than 256 KiB. */
export const CHECKPOINT_BYTES: number = 192 * 1024;
/** One request asks for no more, so that a limit on its time is one on the rate. */
const REQUEST_BYTES = 8 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;
/** How often wrong bytes are fetched again, from another source where there is one. */
const MOST_ATTEMPTS = 4;

export const partPath = (directory: string, sha256: string): string =>
  `${directory}/${sha256}.part`;

/**
 * Fetches what is missing of a file.
 * @throws ReceiverError `TAMPERED` when every attempt gave other bytes than were signed, and what the sources throw
 */
export const fetchFile = async (context: FetchContext, facts: FileFacts): Promise<FetchedFile> => {
  const file = await context.files.open(partPath(context.directory, facts.sha256));
  try {
    const avoid = new Set<string>();
    for (let attempt = 1; ; attempt += 1) {
      const wrong = await attemptFile(context, facts, file, avoid);
      if (wrong.size === 0) return sourceOn(file, facts.size);
      const error = reportWrong(context, facts, wrong);
      for (const source of wrong) avoid.add(source);
      if (attempt === MOST_ATTEMPTS) throw error;
    }
  } catch (error) {
    await file.close();
    throw error;
  }
};

/** Fetches the file to its end; gives the sources that have a part in it when its digest is wrong, else none. */
const attemptFile = async (
  { mirrors, journal, report, signal, checkpointBytes }: FetchContext,
  { sha256, size }: FileFacts,
  file: OpenFile,
  avoid: ReadonlySet<string>,
): Promise<ReadonlySet<string>> => {
  const kept = journal.fetched(sha256);
  const start = Math.min(kept.length, size, await file.size());
  await file.truncate(start);
  const digest = createHash("sha256");
  await hashFile(file, start, digest);
  const sources = new Set(kept.sources);
  let [end, durable] = [start, start];
  const keep = async (): Promise<void> => {
    if (end === durable) return;
    await file.sync();
    await journal.noteFetched(sha256, { length: end, sources: [...sources] });
    durable = end;
  };
  report(start, size);
  try {
    while (end < size) {
      const range = { offset: end, length: Math.min(REQUEST_BYTES, size - end) };
      const request = { path: blobPath(sha256), range, mostBytes: range.length };
      const pieces: AsyncIterable<Piece> = mirrors.fetchPieces(
        signal === undefined ? request : { ...request, signal },
        avoid,
      );
      for await (const { bytes, source } of pieces) {
        await file.write(bytes, end);
        digest.update(bytes);
        sources.add(source);
        end += bytes.length;
        report(end, size);
        if (end - durable >= checkpointBytes) await keep();
      }
    }
  } catch (error) {
    // What came before an interruption is worth as much as what comes after it; but the interruption is what is told.
    await keep().catch(() => undefined);
    throw error;
  }
  await keep();
  if (digest.digest("hex") === sha256) return new Set();
  await file.truncate(0);
  await file.sync();
  await journal.noteFetched(sha256, { length: 0, sources: [] });
  // A part that was lost on our own disk is nobody's fault.
  return sources.size === 0 ? new Set([file.path]) : sources;
};

const hashFile = async (file: OpenFile, length: number, digest: Hash): Promise<void> => {
  const piece = new Uint8Array(Math.min(READ_BYTES, length));
  for (let at = 0; at < length; at += READ_BYTES) {
    const part = piece.subarray(0, Math.min(READ_BYTES, length - at));
    await file.readInto(part, at);
    digest.update(part);
  }
};

const reportWrong = (
  { mirrors }: FetchContext,
  { sha256 }: FileFacts,
  sources: ReadonlySet<string>,
): ReceiverError => {
  const from = [...sources].join(" and ");
  const error = new ReceiverError(
    "TAMPERED",
    `${from} gave ${blobPath(sha256)} with other bytes than were signed`,
    { source: from, hint: "compare that copy of the repository with the original" },
  );
  for (const source of sources) mirrors.report(source, error);
  return error;
};

export const sourceOn = (file: OpenFile, size: number): FetchedFile => ({
  size,
  read: async (offset, length) => {
    const bytes = new Uint8Array(length);
    await file.readInto(bytes, offset);
    return bytes;
  },
  readInto: (target, offset) => file.readInto(target, offset),
  close: () => file.close(),
});
