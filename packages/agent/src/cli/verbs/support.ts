import path from "node:path";
import {
  formatSize,
  jsonDocument,
  type OptionTable,
  parseArguments,
} from "@slipway/host/command-line";
import { writeBundle } from "../../support/write-bundle.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  out: {
    type: "string",
    value: "DIR",
    help: "A directory that is made. Default: slipway-support-DATE in the working directory.",
  },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

/** `20261122T140359Z`, as names of files sort. */
const stamp = (now: Date): string => now.toISOString().replaceAll(/[-:]|\.\d+/g, "");

export const support: Verb = {
  help: {
    summary: "Gather what is needed to find a fault, without secrets",
    usage: ["support [--out DIR] [--json]"],
    about: [
      "Writes a directory of text: status, facts about slots and boot entries, ledger, state, settings, the journal of Slipway's units of this boot and the one before, failed units, versions. Each file is bounded. Passwords, tokens and keys are taken out wherever they look like one; read it before you give it away.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent support", does: "Gather it here." },
      {
        line: "slipway-agent support --out /tmp/node7 && tar -czf node7.tgz -C /tmp node7",
        does: "As one file for a ticket.",
      },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const name = values.out ?? `slipway-support-${stamp(world.clock.now())}`;
    const directory = path.resolve(world.directory, name);
    const files = await (await world.agent()).gatherSupport();
    const written = await writeBundle(directory, files);
    if (values.json === true)
      return { data: jsonDocument({ schema: 1, directory, files: written }) };
    const bytes = written.reduce((sum, { size }) => sum + size, 0);
    return { data: `${directory}: ${written.length} files, ${formatSize(bytes)}\n` };
  },
};
