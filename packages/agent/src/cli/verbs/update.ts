import path from "node:path";
import { type OptionTable, parseArguments } from "@slipway/host/command-line";
import { AgentError } from "../../errors.ts";
import { answerOutcome } from "../present/answer.ts";
import { updateAnswer } from "../present/driven.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  to: { type: "string", value: "VERSION", help: "This version, and no other." },
  now: {
    type: "boolean",
    help: "Even while updates are paused, and whatever the node would wait for.",
  },
  from: {
    type: "string",
    value: "FILE",
    help: "From an export (slipway repo export) or a directory with a repository, in place of the configured one. What is in it is verified all the same.",
  },
  "skip-hooks": {
    type: "boolean",
    help: "Neither ask the node's hooks nor hear them. The history says so.",
  },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

export const update: Verb = {
  help: {
    summary: "Take the release that is offered, and restart into it",
    usage: ["update [--to VERSION] [--from FILE] [--now] [--skip-hooks] [--json]"],
    about: [
      "Asks the repository, stages the release that this node is offered into the other slot, carries /etc forward, and restarts. A release that is staged already is not fetched again. With nothing to take it says why, and changes nothing.",
      "The hooks of /etc/slipway/hooks are asked as they are for an update that nobody asked for; who is logged in is not.",
      "A release that failed on this node before is refused until `slipway-agent forgive`.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent update", does: "Take what is offered; the node restarts." },
      { line: "slipway-agent update --to 2026.11.2", does: "Take this version and no other." },
      {
        line: "slipway-agent update --from /mnt/usb/edge.tar",
        does: "Update a node that has no network.",
      },
    ],
    exits: [
      ["0", "done, and the node restarts; or there is nothing newer"],
      [
        "75",
        "busy, on probation, not this node's turn, a hook that wants to be asked again soon, or the repository cannot be reached",
      ],
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const agent = await world.agent();
    if (values.now !== true) {
      const { pause } = (await agent.look()).ledger;
      if (pause !== undefined)
        throw new AgentError(
          "PAUSED",
          `updates are paused on this node${pause.reason === undefined ? "" : `: ${pause.reason}`}`,
          { hint: "slipway-agent resume, or add --now to take it all the same" },
        );
    }
    const ran = await agent.drive({
      kind: "update-asked",
      ...(values.to === undefined ? {} : { to: values.to }),
      ...(values["skip-hooks"] === true ? { skipHooks: true } : {}),
      ...(values.from === undefined ? {} : { from: path.resolve(world.directory, values.from) }),
    });
    return answerOutcome(updateAnswer(ran), values.json === true);
  },
};
