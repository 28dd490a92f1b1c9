/** What `slipway-agent --help` says. Pure. */
import { twoColumns } from "@slipway/host/command-line";
import { EXIT_MEANINGS } from "./exit-status.ts";
import { VERBS } from "./registry.ts";
import type { Registered } from "./verb.ts";

const rowsFor = (audience: Registered["audience"]): readonly string[] =>
  twoColumns(
    VERBS.filter((verb) => verb.audience === audience).map(({ name, summary }) => [name, summary]),
  );

export const overview = (): string =>
  `${[
    "Keeps this node on its release: upgrades by slots, and the way back.",
    "",
    "Usage: slipway-agent VERB [ARGUMENTS]",
    "",
    "Verbs:",
    ...rowsFor("operator"),
    "",
    "Run by systemd:",
    ...rowsFor("system"),
    "",
    "Options:",
    ...twoColumns([
      [
        "-h, --help",
        "Show this help; `slipway-agent help VERB` and `slipway-agent VERB --help` show a verb's.",
      ],
      ["--version", "Show the version of this program."],
      ["--debug", "Show where in the program an error comes from."],
    ]),
    "",
    "Examples:",
    "  slipway-agent status",
    "  slipway-agent rollback --reason 'the web shop is slow'",
    "  slipway-agent history --json",
    "",
    "Exit status:",
    ...twoColumns(EXIT_MEANINGS),
  ].join("\n")}\n`;
