import { type OptionTable, parseArguments, wholeNumber } from "@slipway/host/command-line";
import { answerOutcome } from "../present/answer.ts";
import { rollbackAnswer } from "../present/driven.ts";
import { readReason } from "../read-reason.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  to: {
    type: "string",
    value: "VERSION",
    help: "Only if this is the release that would be reached: for scripts that must not go anywhere else.",
  },
  reason: {
    type: "string",
    value: "TEXT",
    help: "Why, for whoever reads the history. One line.",
  },
  "accept-epoch": {
    type: "string",
    value: "N",
    help: "Go below this node's security floor, to a release of epoch N: one with a known hole.",
  },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

export const rollback: Verb = {
  help: {
    summary: "Go back to the release in the other slot, at once and for good",
    usage: ["rollback [--to VERSION] [--reason TEXT] [--accept-epoch N] [--json]"],
    about: [
      "Writes into the ledger that the running release is forbidden and the node pinned to the other one, makes that the next one to boot, and restarts. Nothing is downloaded. /etc comes back as that release had it; what was edited since is listed, and stays with the release that is left.",
      "No poll takes the release again: `slipway-agent forgive` and `slipway-agent unpin` undo that. An agent that is busy with an update is stopped first. Hooks of pre-reboot.d have half a minute, and no say. `slipway-agent status` says beforehand which release it is.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent rollback", does: "Undo the last update; the node restarts." },
      {
        line: "slipway-agent rollback --reason 'checkout times out since 2026.11.2'",
        does: "The same, and say why.",
      },
    ],
    exits: [["1", "refused: there is nothing to go back to, or it is below the security floor"]],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const epoch = values["accept-epoch"];
    const ran = await (
      await world.agent()
    ).driveAtOnce({
      kind: "rollback-asked",
      reason: readReason(values.reason) ?? "asked for by hand",
      ...(values.to === undefined ? {} : { to: values.to }),
      ...(epoch === undefined
        ? {}
        : { acceptEpoch: wholeNumber("accept-epoch", epoch, { least: 0, most: 999_999_999 }) }),
    });
    return answerOutcome(rollbackAnswer(ran), values.json === true);
  },
};
