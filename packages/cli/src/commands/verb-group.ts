/** Commands of two words: what the first one is by itself. */
import { type CommandHelp, parseArguments, usageError } from "@slipway/host/command-line";
import { type Command, COMMON_OPTIONS, type Registered } from "./command.ts";

/** A command that is nothing but its verbs. */
export const verbGroup = (
  name: string,
  help: Pick<CommandHelp, "summary" | "about" | "examples">,
  verbs: readonly Registered[],
): Command => ({
  help: {
    ...help,
    usage: verbs.map((verb) => `${name} ${verb.name} …`),
    about: [
      ...help.about,
      ...verbs.map((verb) => `${name} ${verb.name}: ${verb.summary}.`),
      `\`slipway ${name} VERB --help\` shows the help of one of them.`,
    ],
    options: COMMON_OPTIONS,
  },
  verbs,
  run: async (args) => {
    parseArguments(args, COMMON_OPTIONS, { name: "VERB", least: 1, most: 1 });
    throw usageError(
      `${name} needs a verb first`,
      `write slipway ${name} ${verbs.map((verb) => verb.name).join("|")}`,
    );
  },
});
