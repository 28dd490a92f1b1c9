import {
  formatSize,
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
  usageError,
} from "@slipway/host/command-line";
import type { ResetAnswer } from "../agent.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  confirm: {
    type: "string",
    value: "CODE",
    help: "The second step: order it. The code is the one that the first step has shown.",
  },
  "new-machine-id": {
    type: "boolean",
    help: "With the first step: give up the machine-id too. The node then has another place in rollouts.",
  },
  cancel: {
    type: "boolean",
    help: "Take back what was ordered, as long as the node was not restarted.",
  },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

const listed = (paths: readonly string[]): readonly string[] =>
  paths.map((path) => `  ${printableLine(path)}`);

const text = (answer: ResetAnswer): string => {
  switch (answer.kind) {
    case "offered": {
      const { kept, lost, code, validSeconds, isOrdered, newMachineId } = answer;
      return [
        "a factory reset removes this node's data, and what it has changed in /etc, with the next boot; its releases stay",
        `lost, of ${formatSize(lost.usedBytes)} on /var:`,
        ...listed(lost.paths),
        ...(lost.more === 0 ? [] : [`  and ${lost.more} more`]),
        "kept:",
        ...listed(kept),
        ...(newMachineId ? ["the machine-id is lost too"] : []),
        ...(isOrdered ? ["one is ordered already, and is done with the next boot"] : []),
        `to order it, within ${validSeconds / 60} minutes: slipway-agent factory-reset --confirm ${code}`,
        "",
      ].join("\n");
    }
    case "ordered":
      return "a factory reset is ordered: `systemctl reboot` does it, `slipway-agent factory-reset --cancel` takes it back\n";
    case "cancelled":
      return answer.wasOrdered ? "no factory reset is ordered any more\n" : "none was ordered\n";
  }
};

export const factoryReset: Verb = {
  help: {
    summary: "Remove this node's data with the next boot, but for what is to be kept",
    usage: [
      "factory-reset [--new-machine-id] [--json]",
      "factory-reset --confirm CODE [--json]",
      "factory-reset --cancel [--json]",
    ],
    about: [
      "Two steps. The first shows what is lost and what is kept, and a code that is good for a quarter of an hour; the second, with that code, writes the order. The next boot carries it out before anything of the system uses /var: everything there goes but what `factory_reset_keep` names (by default the host key of ssh), the ledger and the node's ids. What was changed in /etc goes too. Both slots and the ESP stay as they are.",
      "A power cut does no harm: the next boot goes on with it. The space is free some time after that boot.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent factory-reset", does: "See what would be lost, and get a code." },
      {
        line: "slipway-agent factory-reset --confirm K7PM-3QXD && systemctl reboot",
        does: "Order it, and have it done.",
      },
    ],
    exits: [
      [
        "1",
        "refused: the code is not good, or no longer, or the node is on its way to another release",
      ],
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const chosen = [values.confirm !== undefined, values.cancel, values["new-machine-id"]];
    if (chosen.filter((one) => one === true).length > 1)
      throw usageError(
        "--confirm, --cancel and --new-machine-id are steps of their own",
        "name one of them: what is confirmed is what the first step has shown",
      );
    const agent = await world.agent();
    const answer =
      values.confirm !== undefined
        ? await agent.confirmReset(values.confirm)
        : values.cancel === true
          ? await agent.cancelReset()
          : await agent.offerReset({ newMachineId: values["new-machine-id"] === true });
    return { data: values.json === true ? jsonDocument({ schema: 1, ...answer }) : text(answer) };
  },
};
