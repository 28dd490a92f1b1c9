import { jsonDocument, parseArguments } from "@slipway/host/command-line";
import type { Look } from "../agent.ts";
import { stateLine } from "../present/status-document.ts";
import { stateText, whyText } from "../present/status-text.ts";
import { blockersOf } from "../present/why.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const text = (look: Look): string => {
  const [first, ...others] = blockersOf(look).map((why) => whyText(why, look.now));
  const lines =
    first === undefined
      ? [
          `nothing is in the way that this node knows of: ${stateText(stateLine(look.state), look.now)}`,
        ]
      : [first, ...others.map((other) => `and then: ${other}`)];
  return `${lines.join("\n")}\n`;
};

/** As `why --json` prints it. */
export const whyDocument = (look: Look): object => ({
  schema: 1,
  state: stateLine(look.state),
  why: blockersOf(look),
});

export const why: Verb = {
  help: {
    summary: "Show all that keeps this node from something newer, and when it clears",
    usage: ["why [--json]"],
    about: [
      "The first line is the nearest thing: once it is gone, the next one counts. Each has a code that scripts may rely on, when it clears if it does so by itself, and what to do otherwise. Nobody is asked for it: what the repository said is that of the last look (`slipway-agent check` asks anew).",
    ],
    options: ANSWER_OPTIONS,
    examples: [
      { line: "slipway-agent why", does: "Learn why the node does not go on." },
      {
        line: "slipway-agent why --json | jq -r '.why[0].code'",
        does: "Ask for the code of the first reason.",
      },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, ANSWER_OPTIONS, NO_OPERANDS);
    const look = await (await world.agent()).look();
    return {
      data: values.json === true ? jsonDocument(whyDocument(look)) : text(look),
    };
  },
};
