/**
 * The ledger on the disk: two files in a directory, of which the one with the highest line number is appended to.
 *
 * Why no power cut takes a line that was written:
 * - a line is written behind all others and synced; before that nobody was told of it, and a torn one fails its own checksum and is cut off by the next;
 * - when a file has grown large, the *other* one is begun anew, with a line that carries all that stands, and synced before anything else is written to it.
 *   Until that line is whole the large file is the one with the highest number, and nothing in it changes; afterwards it is not needed.
 */
import path from "node:path";
import { type Clock, type Files, HostError, type OpenFile } from "@slipway/host";
import { AgentError } from "../errors.ts";
import { type Assembled, assemble, type NamedFile } from "./assemble.ts";
import { LEDGER_SCHEMA } from "./carried.ts";
import { decodeRecord } from "./decode-entry.ts";
import type { LedgerEntry, LedgerRecord } from "./entry.ts";
import { encodeLine } from "./line.ts";
import { plainEvidence, plainLine } from "./plain-text.ts";
import { readLedgerFile } from "./read-file.ts";
import type { LedgerView } from "./view.ts";

export const LEDGER_FILES = ["ledger-0", "ledger-1"] as const;
type LedgerName = (typeof LEDGER_FILES)[number];

/** A file of more bytes is not appended to any more: some thousand lines. */
const ROTATE_BYTES = 256 * 1024;

/** More is not read: the first line of a file may be long, the rest is as above. */
const MOST_BYTES: number = 4 * 2 ** 20;

export interface Ledger {
  /** What is on the disk now. @throws AgentError LEDGER_UNUSABLE where it cannot be read at all. */
  readonly view: () => Promise<LedgerView>;
  /** Durable when it resolves, with what it makes of the ledger. @throws AgentError WRITE_FAILED, LEDGER_UNUSABLE */
  readonly append: (entry: LedgerEntry) => Promise<LedgerView>;
}

export interface LedgerOptions {
  readonly files: Files;
  /** An existing directory, or one to be made. */
  readonly directory: string;
  readonly clock: Pick<Clock, "now">;
  /** Runs one writer at a time, over all processes of the node. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  readonly log: (line: string) => void;
  /** For tests. */
  readonly rotateBytes?: number;
}

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What people and programs wrote is made to fit; whoever asks for the line gets what was written. */
const fitting = (entry: LedgerEntry): LedgerEntry => {
  const reason =
    "reason" in entry && entry.reason !== undefined ? { reason: plainLine(entry.reason) } : {};
  const evidence =
    "evidence" in entry && entry.evidence !== undefined
      ? { evidence: plainEvidence(entry.evidence) }
      : {};
  return { ...entry, ...reason, ...evidence };
};

/** @throws AgentError ILLEGAL where no later agent could read the line again. */
const checked = (record: LedgerRecord): LedgerRecord => {
  const decoded = decodeRecord(record);
  if (decoded.ok) return record;
  throw new AgentError(
    "ILLEGAL",
    `this is no line for the ledger: ${decoded.findings.map(({ message }) => message).join("; ")}`,
    { hint: "report it with what you did; nothing was written" },
  );
};

export const openLedger = ({
  files,
  directory,
  clock,
  exclusively,
  log,
  rotateBytes = ROTATE_BYTES,
}: LedgerOptions): Ledger => {
  const told = new Set<string>();
  const tell = (line: string): void => {
    if (told.has(line)) return;
    told.add(line);
    log(line);
  };

  const readOne = async (name: LedgerName): Promise<NamedFile<LedgerName>> => {
    await using file = await opened(files, path.join(directory, name));
    const sizeBytes = await file.size();
    const bytes = new Uint8Array(Math.min(sizeBytes, MOST_BYTES));
    await file.readInto(bytes, 0);
    return { name, sizeBytes, file: readLedgerFile(name, bytes) };
  };

  const load = async (): Promise<Assembled<LedgerName>> => {
    try {
      const present = await files.list(directory);
      const found: NamedFile<LedgerName>[] = [];
      for (const name of LEDGER_FILES) if (present.includes(name)) found.push(await readOne(name));
      const assembled = assemble(found);
      for (const damage of assembled.view.damage)
        tell(`the ledger in ${directory} is damaged: ${damage}; the rest of it stands`);
      if (assembled.newerSchema !== undefined)
        tell(
          `the ledger in ${directory} has schema ${assembled.newerSchema}, and this agent knows ${LEDGER_SCHEMA}; going by what it understands`,
        );
      return assembled;
    } catch (cause) {
      if (!(cause instanceof HostError)) throw cause;
      throw new AgentError("LEDGER_UNUSABLE", `the ledger cannot be read: ${why(cause)}`, {
        cause,
        hint: `check the disk that holds ${directory}`,
      });
    }
  };

  /** Behind the last good line; whatever is there was never finished. */
  const appendLine = async (
    { name, sizeBytes, file }: NamedFile<LedgerName>,
    line: Uint8Array,
  ): Promise<void> => {
    await using open = await opened(files, path.join(directory, name));
    if (sizeBytes > file.end) await open.truncate(file.end);
    await open.write(line, file.end);
    await open.sync();
  };

  const beginFile = async (
    name: LedgerName,
    { lastSeq, lastSum, standing }: Assembled<LedgerName>,
    makeRecord: (seq: number) => LedgerRecord,
  ): Promise<void> => {
    const record = makeRecord(lastSeq + 2);
    const carried = encodeLine(
      { kind: "carried", schema: LEDGER_SCHEMA, seq: lastSeq + 1, at: record.at, standing },
      lastSum,
    );
    await using open = await opened(files, path.join(directory, name));
    await open.truncate(0);
    await open.write(carried.bytes, 0);
    await open.sync();
    // Not before: this line alone would pass for the newest one of a ledger whose beginning is missing.
    await open.write(encodeLine(record, carried.sum).bytes, carried.bytes.length);
    await open.sync();
  };

  const append = async (entry: LedgerEntry): Promise<LedgerView> => {
    const before = await load();
    const at = Math.max(0, Math.floor(clock.now().getTime() / 1000));
    const makeRecord = (seq: number): LedgerRecord => checked({ ...fitting(entry), seq, at });
    const { active } = before;
    try {
      if (active !== undefined && active.sizeBytes < rotateBytes)
        await appendLine(active, encodeLine(makeRecord(before.lastSeq + 1), before.lastSum).bytes);
      else await beginFile(otherThan(active?.name), before, makeRecord);
    } catch (cause) {
      if (!(cause instanceof HostError)) throw cause;
      throw new AgentError(
        "WRITE_FAILED",
        `"${entry.kind}" could not be written to the ledger in ${directory}: ${why(cause)}`,
        { cause, hint: "make room on that file system, and check its disk" },
      );
    }
    return (await load()).view;
  };

  return {
    view: async () => (await load()).view,
    append: (entry) => exclusively(() => append(entry)),
  };
};

const otherThan = (name: LedgerName | undefined): LedgerName =>
  name === "ledger-0" ? "ledger-1" : "ledger-0";

const opened = async (files: Files, file: string): Promise<OpenFile & AsyncDisposable> => {
  const open = await files.open(file);
  return Object.assign(open, { [Symbol.asyncDispose]: () => open.close() });
};
