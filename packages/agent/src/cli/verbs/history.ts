import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
  wholeNumber,
} from "@slipway/host/command-line";
import type { LedgerRecord } from "../../ledger/entry.ts";
import type { LedgerView } from "../../ledger/view.ts";
import { entryText } from "../present/entry-text.ts";
import { date } from "../present/time.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  limit: { type: "string", value: "N", help: "The newest N lines. Default: all that are kept." },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

const recordText = (record: LedgerRecord): string => {
  const evidence =
    record.kind === "failed" && record.evidence !== undefined
      ? record.evidence.lines.map((line) => `    ${printableLine(line)}\n`)
      : [];
  return `${date(record.at)}  ${entryText(record)}\n${evidence.join("")}`;
};

/** As `history --json` prints it: the newest `limit` lines. */
export const historyDocument = (
  { history: lines, damage }: Pick<LedgerView, "history" | "damage">,
  limit: number,
): {
  readonly schema: 1;
  readonly records: readonly LedgerRecord[];
  readonly damage: readonly string[];
} => ({
  schema: 1,
  records: lines.slice(0, limit),
  damage,
});

export const history: Verb = {
  help: {
    summary: "Show what was tried on this node, and how it ended",
    usage: ["history [--limit N] [--json]"],
    about: [
      "The ledger, newest first: every release that was staged and tried, whether it was good, what speaks against one that failed, and every order of an operator. It is kept outside both slots, and is written before what it tells of is done.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent history", does: "Read what happened." },
      {
        line: "slipway-agent history --json | jq '.records[] | select(.kind == \"failed\")'",
        does: "What failed here, with its evidence.",
      },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const limit =
      values.limit === undefined
        ? Number.MAX_SAFE_INTEGER
        : wholeNumber("limit", values.limit, { least: 1, most: 999_999_999 });
    const { ledger } = await (await world.agent()).look();
    const document = historyDocument(ledger, limit);
    if (values.json === true) return { data: jsonDocument(document) };
    const { records, damage } = document;
    const text = records.map(recordText).join("");
    const problems = damage.map((line) => `problem: ${printableLine(line)}\n`).join("");
    return { data: `${text === "" ? "nothing has happened on this node yet\n" : text}${problems}` };
  },
};
