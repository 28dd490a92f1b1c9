import path from "node:path";
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
  usageError,
} from "@slipway/host/command-line";
import { CliError } from "../errors.ts";
import { imageNameFrom, projectFiles } from "../init/project.ts";
import type { World } from "../world.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const OPTIONS = {
  name: {
    type: "string",
    value: "NAME",
    help: "The image's name: a-z, 0-9 and `-`, at most 32. Default: that of the directory.",
  },
  json: { type: "boolean", help: "Print one JSON document: the directory and its files." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export interface InitArguments {
  /** Absolute. */
  readonly directory: string;
  readonly name: string;
  readonly json: boolean;
}

export const readInitArguments = (
  args: readonly string[],
  { directory: here }: Pick<World, "directory">,
): InitArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, { name: "DIR", least: 0, most: 1 });
  const directory = path.resolve(here, positionals[0] ?? ".");
  const { name = imageNameFrom(directory) } = values;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    throw usageError(
      `--name is '${printableLine(name)}'`,
      "use at most 32 of a-z, 0-9 and `-`, the first and last no `-`",
    );
  }
  return { directory, name, json: values.json === true };
};

export const init: Command = {
  help: {
    summary: "Begin a project: an image definition that builds as it is",
    usage: ["init [DIR] [--name NAME] [--json]"],
    about: [
      "Writes a definition and the base it includes, the schema with which editors complete it, a README, and a script for continuous integration into DIR; default: the working directory. Nothing that is there is overwritten.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway init edge && slipway build edge/image.yaml",
        does: "From nothing to an image.",
      },
      { line: "slipway init --name edge", does: "Begin in the working directory." },
    ],
  },
  run: async (args, world) => {
    const { directory, name, json } = readInitArguments(args, world);
    const { jsonSchema } = await import("@slipway/ignition-config");
    const files = projectFiles(name, jsonDocument(jsonSchema("slipway", "1.0.0")));
    const { existing } = await world.createFiles(directory, files);
    if (existing.length > 0) {
      throw new CliError(
        "EXISTS",
        `${printableLine(directory)} has ${existing.join(", ")} already; nothing was written`,
        { hint: "choose another directory, or move these files away" },
      );
    }
    const paths = files.map((file) => file.path);
    if (json) return { data: jsonDocument({ directory, files: paths }) };
    const below = path.relative(world.directory, directory);
    const definition = path.join(below, "image.yaml");
    return {
      data: [
        ...paths.map((one) => path.join(below, one)),
        "",
        `slipway build ${definition}  # next`,
        "",
      ].join("\n"),
    };
  },
};
