/** What `slipway --help` says. Pure. */
import { COMMANDS } from "../commands/registry.ts";
import { EXIT_MEANINGS } from "../exit-status.ts";
import { twoColumns } from "@slipway/host/command-line";

export const overview = (): string =>
  `${[
    "Slipway composes immutable container-OS images from declarative definitions.",
    "",
    "Usage: slipway COMMAND [ARGUMENTS]",
    "",
    "Commands:",
    ...twoColumns(COMMANDS.map(({ name, summary }) => [name, summary])),
    "",
    "Options:",
    ...twoColumns([
      [
        "-h, --help",
        "Show this help; `slipway help COMMAND` and `slipway COMMAND --help` show a command's.",
      ],
      ["--version", "Show the version of this program."],
      ["--debug", "Show where in the program an error comes from."],
    ]),
    "",
    "Examples:",
    "  slipway validate images/base.yaml",
    "  slipway build images/base.yaml --arch x86_64",
    "  slipway run out/base/1/x86_64",
    "",
    "Exit status:",
    ...twoColumns(EXIT_MEANINGS),
  ].join("\n")}\n`;
