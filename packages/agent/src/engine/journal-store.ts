/**
 * The journal on the disk: one small file, written anew beside the old one, synced, and renamed over it. After a power cut its name leads to one of the two,
 * both whole. Should neither be there or readable, disk and ledger say where the node is.
 */
import type { DurableDirectory } from "@slipway/host";
import { AgentError } from "../errors.ts";
import { decodeJournal, encodeJournal, MOST_JOURNAL_BYTES } from "../machine/decode-journal.ts";
import type { Journal } from "../machine/journal.ts";
import type { JournalStore } from "./ports.ts";

export const JOURNAL_FILE = "state.json";
const NEW = "state.json.new";
/** Of an agent that is newer, or spoilt: kept for people, read by nobody. */
const SET_ASIDE = "state.json.unreadable";

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const openJournalStore = (
  directory: DurableDirectory,
  log: (line: string) => void,
): JournalStore => {
  const setAside = async (reason: string): Promise<undefined> => {
    log(`${JOURNAL_FILE} in ${directory.name} is set aside as ${SET_ASIDE}: ${reason}`);
    try {
      await directory.rename(JOURNAL_FILE, SET_ASIDE);
      await directory.syncDirectory();
    } catch (error) {
      log(`it could not be renamed: ${why(error)}`);
    }
  };

  const load = async (): Promise<Journal | undefined> => {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await directory.read(JOURNAL_FILE, MOST_JOURNAL_BYTES);
    } catch (error) {
      return setAside(why(error));
    }
    if (bytes === undefined) return undefined;
    const decoded = decodeJournal(bytes);
    if (decoded.ok) return decoded.value;
    return setAside(decoded.findings.map(({ message }) => message).join("; "));
  };

  const save = async (journal: Journal): Promise<void> => {
    try {
      await directory.writeSynced(NEW, encodeJournal(journal));
      await directory.rename(NEW, JOURNAL_FILE);
      await directory.syncDirectory();
    } catch (cause) {
      throw new AgentError(
        "WRITE_FAILED",
        `${JOURNAL_FILE} cannot be written to ${directory.name}: ${why(cause)}`,
        { cause, hint: "make room on that file system, and check its disk" },
      );
    }
  };

  return { load, save };
};
