/** What `COMMAND --help` says. Pure. */
import { HELP_COLUMNS, twoColumns, wrap } from "./layout.ts";
import type { OptionSpec, OptionTable } from "./parse.ts";

/** What a command says of itself. */
export interface CommandHelp {
  /** One line, an imperative without full stop. */
  readonly summary: string;
  /** What follows the program's name. */
  readonly usage: readonly string[];
  /** What there is to know beyond the summary, in paragraphs. */
  readonly about: readonly string[];
  readonly options: OptionTable;
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  /** What exit statuses mean here, beyond what they mean everywhere. */
  readonly exits?: readonly (readonly [string, string])[];
}

/** What is the same in every help of a program. */
export interface ProgramHelp {
  readonly program: string;
  /** In the order of the numbers. */
  readonly exits: readonly (readonly [string, string])[];
}

/** `-h, --help`, `--out DIR`, `--arch ARCH…`. */
export const optionName = (name: string, { short, value, multiple }: OptionSpec): string =>
  `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}${multiple === true ? "…" : ""}`;

const optionRows = (options: OptionTable): readonly (readonly [string, string])[] =>
  Object.entries(options).map(([name, option]) => [optionName(name, option), option.help]);

/** Statuses of the command's own before those that mean the same everywhere. */
const exitRows = (
  { exits = [] }: CommandHelp,
  { exits: everywhere }: ProgramHelp,
): readonly (readonly [string, string])[] => [
  ...everywhere.map(([status, meaning]): readonly [string, string] => [
    status,
    exits.find(([own]) => own === status)?.[1] ?? meaning,
  ]),
  ...exits.filter(([own]) => everywhere.every(([status]) => status !== own)),
];

export const commandHelp = (help: CommandHelp, program: ProgramHelp): string =>
  `${[
    `${help.summary}.`,
    "",
    ...help.usage.map(
      (usage, index) => `${index === 0 ? "Usage:" : "      "} ${program.program} ${usage}`,
    ),
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
    ...twoColumns(exitRows(help, program)),
  ].join("\n")}\n`;
