import type { VariableInputs } from "@slipway/ignition-config";
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
  usageError,
} from "@slipway/host/command-line";
import { readVariables, VARIABLE_OPTIONS } from "../arguments/variables.ts";
import { readDefinition } from "../definition/read.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const OPTIONS = {
  ...VARIABLE_OPTIONS,
  origin: {
    type: "boolean",
    help: "Beside each value the file, line and column that it is from.",
  },
  json: { type: "boolean", help: "Print one JSON document." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export interface ConfigArguments {
  readonly file: string;
  readonly variables: VariableInputs;
  readonly origin: boolean;
  readonly json: boolean;
}

export const readConfigArguments = (args: readonly string[]): ConfigArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "FILE",
    least: 1,
    most: 2,
  });
  const [action = "", file] = positionals;
  if (action !== "show") {
    throw usageError(
      `there is no command 'config ${printableLine(action)}'`,
      "write `slipway config show FILE`",
    );
  }
  if (file === undefined) throw usageError("FILE is missing");
  return {
    file,
    variables: readVariables(values),
    origin: values.origin === true,
    json: values.json === true,
  };
};

export const config: Command = {
  help: {
    summary: "Show a definition with everything merged, and where each value is from",
    usage: ["config show FILE [--origin] [--var NAME=VALUE]… [--var-file FILE]… [--json]"],
    about: [
      "Prints the document that FILE and everything it includes come to, with variables put in. It is YAML that means the same without them; names of local files are relative to the working directory. With --json and --origin the document is `document`, and `origins` says for each path where its value is from.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway config show images/container-host.yaml",
        does: "See what is left when all is merged.",
      },
      {
        line: "slipway config show images/container-host.yaml --origin",
        does: "Learn which file set what.",
      },
      {
        line: "slipway config show edge.yaml --var-file site.yaml --json | jq .image",
        does: "Ask for a part of it.",
      },
    ],
  },
  run: async (args, world, display) => {
    const given = readConfigArguments(args);
    const { document } = await readDefinition(given, world, display);
    const { jsonOrigins, jsonValue, yamlText } = await import("@slipway/ignition-config");
    const shown = document();
    if (!given.json) return { data: yamlText(shown, { withOrigin: given.origin }) };
    const values = jsonValue(shown);
    return {
      data: jsonDocument(given.origin ? { document: values, origins: jsonOrigins(shown) } : values),
    };
  },
};
