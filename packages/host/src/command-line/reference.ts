/** All that a program's `--help` says, as one page. Pure. */
import { type CommandHelp, optionName } from "./command-help.ts";
import type { OptionTable } from "./parse.ts";
import type { Described, Program, Registered } from "./request.ts";

/** A row of a table as Markdown has it. */
export const tableRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;

/** A table as Markdown has it; nothing where it has no rows. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] =>
  rows.length === 0 ? [] : [head, head.map(() => "---"), ...rows].map(tableRow);

/** Every command has these, and the page says so once. */
const EVERYWHERE: ReadonlySet<string> = new Set(["help", "debug"]);

const optionsOf = (options: OptionTable): readonly string[] =>
  table(
    ["option", "is"],
    Object.entries(options)
      .filter(([name]) => !EVERYWHERE.has(name))
      .map(([name, option]) => [`\`${optionName(name, option)}\``, option.help]),
  );

const fenced = (language: string, lines: readonly string[]): readonly string[] => [
  `\`\`\`${language}`,
  ...lines,
  "```",
];

/** Blocks with an empty line between each two; those without lines are left out. */
export const blocks = (...parts: readonly (readonly string[])[]): string =>
  `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n")}\n`;

const sectionOf = (program: string, name: string, help: CommandHelp): string =>
  blocks(
    [`## ${program} ${name}`],
    [`${help.summary}.`],
    fenced(
      "text",
      help.usage.map((usage) => `${program} ${usage}`),
    ),
    ...help.about.map((paragraph) => [paragraph]),
    optionsOf(help.options),
    fenced(
      "sh",
      help.examples.flatMap(({ line, does }) => [`# ${does}`, line]),
    ),
    table(
      ["exit status", "here"],
      (help.exits ?? []).map(([status, meaning]) => [status, meaning]),
    ),
  );

const sectionsOf = async <C extends Described<C>>(
  program: string,
  commands: readonly Registered<C>[],
  above = "",
): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const { name, audience, load } of commands) {
    if (audience === "hidden") continue;
    const { help, verbs } = await load();
    const words = `${above}${name}`;
    // What is nothing but its verbs says nothing that they do not say.
    if (verbs === undefined) found.push(sectionOf(program, words, help));
    else found.push(...(await sectionsOf(program, verbs, `${words} `)));
  }
  return found;
};

/**
 * The page of a program: its commands in the order of its overview, those of two words each by itself.
 * @param introduction paragraphs that stand before them
 */
export const programReference = async <C extends Described<C>>(
  { help: { program, exits }, noun, commands }: Program<C>,
  introduction: readonly string[],
): Promise<string> =>
  [
    blocks(
      [`# The ${noun}s of ${program}`],
      ...introduction.map((paragraph) => [paragraph]),
      [
        `Every ${noun} has \`--help\`, which says what stands here, and \`--debug\`, which shows where in the program an error comes from. \`${program} --version\` shows the program's version.`,
      ],
      table(["exit status", `of every ${noun}`], exits),
    ),
    ...(await sectionsOf(program, commands)),
  ].join("\n");
