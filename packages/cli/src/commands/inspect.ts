import path from "node:path";
import { jsonDocument, type OptionTable, parseArguments } from "@slipway/host/command-line";
import { EXIT } from "../exit-status.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const OPTIONS = {
  json: { type: "boolean", help: "Print one JSON document." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export interface InspectArguments {
  readonly directory: string;
  readonly json: boolean;
}

export const readInspectArguments = (args: readonly string[]): InspectArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, { name: "DIR", least: 1, most: 1 });
  return { directory: positionals[0] ?? "", json: values.json === true };
};

export const inspect: Command = {
  help: {
    summary: "Show what is in a release",
    usage: ["inspect DIR [--json]"],
    about: [
      "Shows root hash, sizes and headroom, partitions, kernel arguments, the largest packages and the enabled units of the release in DIR, read from its files as they are. Where they contradict each other, it says so.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway inspect out/base/1/x86_64", does: "Look at a release." },
      {
        line: "slipway inspect out/base/1/x86_64 --json | jq .slot.headroom",
        does: "Ask for one fact.",
      },
    ],
    exits: [["1", "failed, or the release's files contradict each other"]],
  },
  run: async (args, { directory, composer }) => {
    const given = readInspectArguments(args);
    const { inspectRelease, presentRelease } = await composer();
    const release = await inspectRelease(path.resolve(directory, given.directory));
    return {
      data: given.json ? jsonDocument(release) : presentRelease(release),
      status: release.problems.length === 0 ? EXIT.done : EXIT.failed,
    };
  },
};
