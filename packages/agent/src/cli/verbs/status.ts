import { jsonDocument, paintFor, parseArguments } from "@slipway/host/command-line";
import { statusDocument } from "../present/status-document.ts";
import { statusText } from "../present/status-text.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

export const status: Verb = {
  help: {
    summary: "Show what runs, what comes next, and what a rollback would reach",
    usage: ["status [--json]"],
    about: [
      "Looks at this node alone: it works without a network, and while the agent is busy. `booted` is what runs and since when; `rollback` is the release that `slipway-agent rollback` would boot now, or why there is none; `why` is the first thing that keeps the node from a newer release, and when it will clear.",
      "The names in the JSON document are a contract. Moments in it are seconds since 1970.",
    ],
    options: ANSWER_OPTIONS,
    examples: [
      { line: "slipway-agent status", does: "See whether all is well." },
      {
        line: "slipway-agent status --json | jq -r .booted.version",
        does: "Ask for the version that runs.",
      },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, ANSWER_OPTIONS, NO_OPERANDS);
    const look = await (await world.agent()).look();
    const document = statusDocument(look);
    return {
      data:
        values.json === true
          ? jsonDocument(document)
          : statusText(document, look.now, paintFor(world.screen.isTerminal, world.environment)),
    };
  },
};
