/** Entries with message ids for systemd's journal: Node has no datagrams of AF_UNIX, so that a program of util-linux sends them. */
import type { Exec } from "@slipway/host";
import type { Ledger } from "../ledger/open-ledger.ts";
import { ledgerMessage } from "../telling/ledger-message.ts";
import { journalText, type Message } from "../telling/messages.ts";

/** journald takes it at once, or is not there. */
const LOGGER_MS = 5000;

/** Ended by SIGTERM, as all of a unit is that systemd stops. */
const STOPPED = 143;

export type TellJournal = (message: Message) => Promise<void>;

/** Never rejects: what is told here is written down elsewhere, and nothing waits for it. */
export const journalTeller =
  (exec: Exec, log: (line: string) => void): TellJournal =>
  async (message) => {
    try {
      await exec.run(
        {
          argv: ["logger", "--journald"],
          stdin: journalText(message),
          purpose: `telling the journal that ${message.text}`,
          timeoutMs: LOGGER_MS,
        },
        { accept: [0, STOPPED] },
      );
    } catch (error) {
      log(error instanceof Error ? error.message : String(error));
    }
  };

/** A ledger of which each line is told, once it is durable. */
export const toldLedger = ({ view, append }: Ledger, tell: TellJournal): Ledger => ({
  view,
  append: async (entry) => {
    const after = await append(entry);
    await tell(ledgerMessage(entry));
    return after;
  },
});
