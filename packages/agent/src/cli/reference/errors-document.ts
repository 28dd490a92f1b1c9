/** docs/reference/agent-errors.md, out of the tables of codes. Pure. */
import { blocks, table } from "@slipway/host/command-line";
import { httpStatusOf } from "../../api/problem.ts";
import type { CodeText } from "../../codes/code-text.ts";
import { CODE_GROUPS, type CodeGroup } from "../../codes/codes.ts";
import { OFFER_RULES } from "../../codes/offer-rules.ts";
import { exitStatusOf } from "../exit-status.ts";

const rowsOf = (codes: CodeGroup["codes"]): readonly (readonly [string, CodeText])[] =>
  Object.entries(codes).toSorted(([a], [b]) => (a < b ? -1 : 1));

const groupSection = ({ title, codes }: CodeGroup): string =>
  blocks(
    [`## ${title}`],
    table(
      ["code", "means", "exit", "HTTP", "what to do"],
      rowsOf(codes).map(([code, { means, remedy }]) => [
        `\`${code}\``,
        means,
        String(exitStatusOf(code)),
        String(httpStatusOf(code)),
        remedy,
      ]),
    ),
  );

export const errorsDocument = (): string =>
  [
    blocks(
      ["# The agent's codes"],
      [
        "What went wrong, or is in the way, has a code that never changes its meaning: in `error [CODE]: …` on a terminal, in the `why` of `slipway-agent status`, in the journal (`SLIPWAY_CODE`), in the ledger and in the API's answers. The message beside it names the operands, the hint what to do here and now; this page is for who has the code alone.",
      ],
      [
        "*exit* is the exit status of a verb that ends with the code, *HTTP* the status of the API's answer. Everything with 75 or 503 goes away by itself or is tried again. Codes of `why` that no verb ends with have the numbers that one would. Made from `packages/agent/src/codes`.",
      ],
    ),
    ...CODE_GROUPS.map(groupSection),
    blocks(
      ["## Why nothing is offered"],
      [
        "Rules of the repository and its rollouts, in small letters: `slipway-agent check` and `slipway-agent why` say them, in the order in which they are looked for. `slipway-agent update` ends with 0 for `up-to-date`, with 75 where the answer says when it clears, and with 1 otherwise.",
      ],
      table(
        ["rule", "means", "what to do"],
        Object.entries(OFFER_RULES).map(([rule, { means, remedy }]) => [
          `\`${rule}\``,
          means,
          remedy,
        ]),
      ),
    ),
  ].join("\n");
