import { parseArguments, usageError } from "@slipway/host/command-line";
import { COMMON_OPTIONS, type Registered, type Verb } from "../verb.ts";

const VERBS: readonly Registered[] = [
  {
    name: "carry-etc",
    summary: "Carry an /etc from one image to another, by directories",
    audience: "hidden",
    load: async () => (await import("./carry-etc.ts")).carryEtc,
  },
];

export const internal: Verb = {
  help: {
    summary: "Parts of the agent by themselves, for tests",
    usage: VERBS.map(({ name }) => `internal ${name} …`),
    about: ["Nothing here is a contract."],
    options: COMMON_OPTIONS,
    examples: VERBS.map(({ name, summary }) => ({
      line: `slipway-agent internal ${name} --help`,
      does: `${summary}.`,
    })),
  },
  verbs: VERBS,
  run: async (args) => {
    parseArguments(args, COMMON_OPTIONS, { name: "VERB", least: 1, most: 1 });
    throw usageError("internal needs a verb first");
  },
};
