/** Parts of a file of the repository, one behind the other in a file of the node's own; each is held against its own check. */
import { hash } from "node:crypto";
import type { OpenFile } from "@slipway/host";
import { blobPath, type Extent, type FileFacts } from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import { type FetchContext, type FetchedFile, partPath, sourceOn } from "./fetched-file.ts";

/** A part that can be judged by itself. */
export interface Unit extends Extent {
  /** Throws for anything but the bytes that belong there, which are gone once it returns. */
  readonly check: (bytes: Uint8Array) => void;
}

/** One request asks for no more. */
const REQUEST_BYTES = 4 * 1024 * 1024;
const MOST_ATTEMPTS = 4;

/**
 * Fetches the units, which are in the file's order; in the source they follow each other without gaps.
 * @throws ReceiverError `TAMPERED` when every attempt at a unit gave wrong bytes, and what the sources throw
 */
export const fetchUnits = async (
  context: FetchContext,
  from: FileFacts,
  units: readonly Unit[],
): Promise<FetchedFile> => {
  const key = hash(
    "sha256",
    [from.sha256, ...units.map(({ offset, length }) => `${offset}+${length}`)].join(" "),
  );
  const file = await context.files.open(partPath(context.directory, key));
  try {
    const total = units.reduce((sum, { length }) => sum + length, 0);
    const gathering = await Gathering.resume(context, from, file, key, total);
    for (const run of runsOf(units)) await gathering.takeRun(run);
    await gathering.keep();
    return sourceOn(file, total);
  } catch (error) {
    await file.close();
    throw error;
  }
};

/** Units that one request brings. */
const runsOf = (units: readonly Unit[]): readonly (readonly Unit[])[] => {
  const runs: Unit[][] = [];
  let [end, bytes] = [-1, 0];
  for (const unit of units) {
    const open = runs.at(-1);
    if (open !== undefined && unit.offset === end && bytes + unit.length <= REQUEST_BYTES) {
      open.push(unit);
      bytes += unit.length;
    } else {
      runs.push([unit]);
      bytes = unit.length;
    }
    end = unit.offset + unit.length;
  }
  return runs;
};

/** The file as it grows. */
class Gathering {
  readonly #context: FetchContext;
  readonly #from: FileFacts;
  readonly #file: OpenFile;
  readonly #key: string;
  readonly #total: number;
  #end: number;
  #durable: number;
  /** Where the run begins that is being taken. */
  #at = 0;
  readonly #sources: Set<string>;
  readonly #avoid = new Set<string>();
  /** For a unit that is being checked. */
  #buffer = new Uint8Array(0);

  private constructor(
    context: FetchContext,
    from: FileFacts,
    file: OpenFile,
    key: string,
    total: number,
    end: number,
  ) {
    this.#context = context;
    this.#from = from;
    this.#file = file;
    this.#key = key;
    this.#total = total;
    this.#end = end;
    this.#durable = end;
    this.#sources = new Set(context.journal.fetched(key).sources);
  }

  static async resume(
    context: FetchContext,
    from: FileFacts,
    file: OpenFile,
    key: string,
    total: number,
  ): Promise<Gathering> {
    const end = Math.min(context.journal.fetched(key).length, total, await file.size());
    await file.truncate(end);
    context.report(end, total);
    return new Gathering(context, from, file, key, total, end);
  }

  async keep(): Promise<void> {
    if (this.#end === this.#durable) return;
    await this.#file.sync();
    const fetched = { length: this.#end, sources: [...this.#sources] };
    await this.#context.journal.noteFetched(this.#key, fetched);
    this.#durable = this.#end;
  }

  /** Takes what is missing of a run, and checks all of it: what was there before the node was switched off, too. */
  async takeRun(units: readonly Unit[]): Promise<void> {
    const begin = this.#at;
    const length = units.reduce((sum, unit) => sum + unit.length, 0);
    this.#at = begin + length;
    for (let attempt = 1; ; attempt += 1) {
      const sources = await this.#fill(units[0]?.offset ?? 0, begin, length);
      const wrong = await this.#firstWrong(units, begin);
      if (wrong === undefined) return;
      await this.#dropFrom(wrong.at);
      const error = this.#reportWrong(wrong.cause, sources);
      if (attempt === MOST_ATTEMPTS) throw error;
    }
  }

  /** Fetches up to the end of a run that begins at `begin` here and at `offset` there; gives those who may have a part in it. */
  async #fill(offset: number, begin: number, length: number): Promise<ReadonlySet<string>> {
    const { mirrors, signal, report, checkpointBytes } = this.#context;
    const sources = new Set(this.#end > begin ? this.#sources : []);
    const done = this.#end - begin;
    if (done >= length) return sources;
    const range = { offset: offset + done, length: length - done };
    const request = { path: blobPath(this.#from.sha256), range, mostBytes: range.length };
    try {
      for await (const { bytes, source } of mirrors.fetchPieces(
        signal === undefined ? request : { ...request, signal },
        this.#avoid,
      )) {
        await this.#file.write(bytes, this.#end);
        this.#end += bytes.length;
        this.#sources.add(source);
        sources.add(source);
        report(this.#end, this.#total);
        if (this.#end - this.#durable >= checkpointBytes) await this.keep();
      }
    } catch (error) {
      await this.keep().catch(() => undefined);
      throw error;
    }
    return sources;
  }

  async #firstWrong(
    units: readonly Unit[],
    begin: number,
  ): Promise<{ readonly at: number; readonly cause: unknown } | undefined> {
    let at = begin;
    for (const { length, check } of units) {
      if (this.#buffer.length < length) this.#buffer = new Uint8Array(length);
      const bytes = this.#buffer.subarray(0, length);
      await this.#file.readInto(bytes, at);
      try {
        check(bytes);
      } catch (cause) {
        return { at, cause };
      }
      at += length;
    }
    return undefined;
  }

  async #dropFrom(at: number): Promise<void> {
    await this.#file.truncate(at);
    this.#end = at;
    await this.#file.sync();
    await this.#context.journal.noteFetched(this.#key, { length: at, sources: [...this.#sources] });
    this.#durable = at;
  }

  #reportWrong(cause: unknown, sources: ReadonlySet<string>): ReceiverError {
    const from = [...sources].join(" and ");
    const said = cause instanceof Error ? cause.message : String(cause);
    const error = new ReceiverError(
      "TAMPERED",
      `${from} gave ${blobPath(this.#from.sha256)} with other bytes than were signed: ${said}`,
      { source: from, hint: "compare that copy of the repository with the original", cause },
    );
    for (const source of sources) {
      this.#context.mirrors.report(source, error);
      this.#avoid.add(source);
    }
    return error;
  }
}
