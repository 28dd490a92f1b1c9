import { jsonDocument, parseArguments } from "@slipway/host/command-line";
import { formatReport } from "../../etc/report.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

export const etc: Verb = {
  help: {
    summary: "Show what this node has changed in /etc",
    usage: ["etc [--json]"],
    about: [
      "Lists what is this node's own in /etc, against the image of the release that runs. `carried` goes with the node to its next release, `ignored` is left behind, with the reason.",
    ],
    options: ANSWER_OPTIONS,
    examples: [
      { line: "slipway-agent etc", does: "See what an update would carry forward." },
      {
        line: "slipway-agent etc --json | jq -r '.carried[].path'",
        does: "The paths alone.",
      },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, ANSWER_OPTIONS, NO_OPERANDS);
    const report = await (await world.agent()).etc();
    return { data: values.json === true ? jsonDocument(report) : formatReport(report) };
  },
};
