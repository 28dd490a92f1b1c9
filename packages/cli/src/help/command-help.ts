/** What `slipway COMMAND --help` says. Pure. */
import type { OptionSpec, OptionTable } from "../arguments/parse.ts";
import type { CommandHelp } from "../commands/command.ts";
import { EXIT_MEANINGS } from "../exit-status.ts";
import { HELP_COLUMNS, twoColumns, wrap } from "./layout.ts";

const optionName = (name: string, { short, value, multiple }: OptionSpec): string =>
  `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}${multiple === true ? "…" : ""}`;

const optionRows = (options: OptionTable): readonly (readonly [string, string])[] =>
  Object.entries(options).map(([name, option]) => [optionName(name, option), option.help]);

/** Statuses of the command's own before those that mean the same everywhere. */
const exitRows = ({ exits = [] }: CommandHelp): readonly (readonly [string, string])[] => [
  ...EXIT_MEANINGS.map(([status, meaning]): readonly [string, string] => [
    status,
    exits.find(([own]) => own === status)?.[1] ?? meaning,
  ]),
  ...exits.filter(([own]) => EXIT_MEANINGS.every(([status]) => status !== own)),
];

export const commandHelp = (help: CommandHelp): string =>
  `${[
    `${help.summary}.`,
    "",
    ...help.usage.map((usage, index) => `${index === 0 ? "Usage:" : "      "} slipway ${usage}`),
    ...help.about.flatMap((paragraph) => ["", ...wrap(paragraph, HELP_COLUMNS)]),
    "",
    "Options:",
    ...twoColumns(optionRows(help.options)),
    "",
    "Examples:",
    ...help.examples.flatMap(({ line, does }) => [
      `  ${line}`,
      ...wrap(does, HELP_COLUMNS - 6).map((text) => `      ${text}`),
    ]),
    "",
    "Exit status:",
    ...twoColumns(exitRows(help)),
  ].join("\n")}\n`;
