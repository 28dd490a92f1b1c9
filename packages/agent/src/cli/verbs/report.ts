import path from "node:path";
import {
  formatSize,
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
} from "@slipway/host/command-line";
import { encodeReport, type Report } from "../../report/report.ts";
import { fileSink } from "../../report/report-sink.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  out: { type: "string", value: "FILE", help: "Write it there, whole or not at all." },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

/** For people, what it is about; who wants all of it takes the document. */
const reportText = (report: Report): string => {
  const { node, machine, slots, why, history, historyLeftOut } = report;
  const row = (label: string, value: string | undefined): readonly string[] =>
    value === undefined || value === "" ? [] : [`${label.padEnd(10)} ${printableLine(value)}`];
  const size = machine.memoryBytes === undefined ? "" : `, ${formatSize(machine.memoryBytes)}`;
  return [
    ...row("node", node.id),
    ...row(
      "machine",
      [machine.vendor, machine.product].filter((one) => one !== undefined).join(" "),
    ),
    ...row("processors", `${machine.processors ?? "unknown"} ${machine.processor ?? ""}${size}`),
    ...row(
      "booted",
      `${slots.booted.version}, slot ${slots.booted.slot}, ${slots.booted.standing}`,
    ),
    ...row("other", slots.other?.version),
    ...row("why", why[0]?.message),
    ...row("history", `${history.length} of ${history.length + historyLeftOut} lines`),
    "all of it: --json, or --out FILE",
    "",
  ].join("\n");
};

export const report: Verb = {
  help: {
    summary: "Show what this node is and what became of its releases, as one document",
    usage: ["report [--out FILE] [--json]"],
    about: [
      "For whoever looks after many nodes: the machine, both slots, what is forbidden and why, all that keeps it from something newer, the last verdict with its evidence, and the newest lines of the ledger. At most 64 KiB. It has no serial numbers, and what looks like a secret is taken out. Nobody is asked for it and nothing is sent.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent report --json | jq .why", does: "What keeps this node back." },
      {
        line: "slipway-agent report --out /run/node-report.json",
        does: "Leave it for a program that gathers reports.",
      },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const made = await (await world.agent()).report();
    if (values.out !== undefined) {
      const sink = fileSink(path.resolve(world.directory, values.out));
      await sink.deliver(made);
      return {
        data:
          values.json === true ? jsonDocument({ schema: 1, file: sink.name }) : `${sink.name}\n`,
      };
    }
    return { data: values.json === true ? encodeReport(made) : reportText(made) };
  },
};
