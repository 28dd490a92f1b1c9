/**
 * What staging has to remember and cannot see on the disk: how much of which file is fetched and durable, and which files turned
 * out to be of no use. Records are appended, each with a check over itself and all before it, so that a torn end, or what an
 * earlier journal left in the same place, is told from a record.
 */
import { hash } from "node:crypto";
import type { Files, OpenFile } from "@slipway/host";
import { encodeRecord, type JournalRecord, parseRecord } from "./journal-record.ts";

/** What a journal is about; one about anything else is thrown away. */
export interface JournalSubject {
  /** The digest of the release's manifest. */
  readonly release: string;
  /** Which slot of what size. */
  readonly target: string;
}

/** How far a file is fetched. */
export interface Fetched {
  /** So many of its first bytes are durable. */
  readonly length: number;
  /** Who gave them. */
  readonly sources: readonly string[];
}

const SCHEMA = 1;
const MOST_BYTES = 4 * 1024 * 1024;

export class Journal {
  readonly #file: OpenFile;
  readonly #fetched = new Map<string, Fetched>();
  readonly #unfit = new Map<string, string>();
  #check = "";
  #end = 0;
  /** Whether it was there before. */
  readonly isResumed: boolean;

  private constructor(file: OpenFile, isResumed: boolean) {
    this.#file = file;
    this.isResumed = isResumed;
  }

  /**
   * Opens the journal of this subject, or begins one, for which `clear` first removes what belonged to another; `nonce` makes
   * the new one unlike all before it.
   */
  static async open(
    files: Files,
    path: string,
    subject: JournalSubject,
    nonce: string,
    clear: () => Promise<void>,
  ): Promise<Journal> {
    const file = await files.open(path);
    const size = await file.size();
    const text = size > MOST_BYTES ? "" : await readText(file, size);
    const kept = await Journal.#resume(file, text, subject);
    if (kept !== undefined) return kept;
    await file.truncate(0);
    await file.sync();
    await clear();
    const journal = new Journal(file, false);
    await journal.#append({ kind: "begin", schema: SCHEMA, nonce, ...subject });
    return journal;
  }

  static async #resume(
    file: OpenFile,
    text: string,
    { release, target }: JournalSubject,
  ): Promise<Journal | undefined> {
    const journal = new Journal(file, true);
    for (const line of text.split("\n").slice(0, -1)) {
      const record = parseRecord(line, journal.#check, checkOf);
      if (record === undefined) break;
      if (journal.#end === 0) {
        if (record.kind !== "begin" || record.schema !== SCHEMA) return undefined;
        if (record.release !== release || record.target !== target) return undefined;
      }
      journal.#take(record);
      journal.#check = line.slice(0, line.indexOf(" "));
      journal.#end += Buffer.byteLength(line) + 1;
    }
    if (journal.#end === 0) return undefined;
    await file.truncate(journal.#end);
    return journal;
  }

  fetched(file: string): Fetched {
    return this.#fetched.get(file) ?? { length: 0, sources: [] };
  }

  /** The file's first bytes are durable. */
  async noteFetched(file: string, { length, sources }: Fetched): Promise<void> {
    await this.#append({ kind: "fetched", file, length, sources });
  }

  /** Why the file is of no use, if it is. */
  unfit(file: string): string | undefined {
    return this.#unfit.get(file);
  }

  async noteUnfit(file: string, reason: string): Promise<void> {
    await this.#append({ kind: "unfit", file, reason });
  }

  /** All files may be tried again: none led anywhere, and the reason may have been the node's own. */
  async forgive(): Promise<void> {
    if (this.#unfit.size > 0) await this.#append({ kind: "forgiven" });
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #append(record: JournalRecord): Promise<void> {
    const text = encodeRecord(record);
    const check = checkOf(this.#check, text);
    const line = Buffer.from(`${check} ${text}\n`);
    await this.#file.write(line, this.#end);
    await this.#file.sync();
    this.#check = check;
    this.#end += line.length;
    this.#take(record);
  }

  #take(record: JournalRecord): void {
    if (record.kind === "fetched") this.#fetched.set(record.file, record);
    if (record.kind === "unfit") this.#unfit.set(record.file, record.reason);
    if (record.kind === "forgiven") this.#unfit.clear();
  }
}

const CHECK_DIGITS = 24;

const checkOf = (before: string, text: string): string =>
  hash("sha256", `${before} ${text}`).slice(0, CHECK_DIGITS);

const readText = async (file: OpenFile, size: number): Promise<string> => {
  const bytes = new Uint8Array(size);
  await file.readInto(bytes, 0);
  return Buffer.from(bytes).toString("utf8");
};
