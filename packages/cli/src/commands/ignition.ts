import type { IgnitionVersion, VariableInputs } from "@slipway/ignition-config";
import {
  choice,
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
} from "@slipway/host/command-line";
import { SPEC_VERSIONS } from "../arguments/spec-versions.ts";
import { readVariables, VARIABLE_OPTIONS } from "../arguments/variables.ts";
import { CliError } from "../errors.ts";
import { countFindings, presentReport } from "../present/findings.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const OPTIONS = {
  spec: {
    type: "string",
    value: "VERSION",
    help: "The version of Ignition's spec, 3.0.0 to 3.6.0. Default: 3.3.0 for a definition, which Debian's Ignition reads; its own for any other document.",
  },
  ...VARIABLE_OPTIONS,
  json: { type: "boolean", help: "A config is JSON with or without it." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

/** What Debian's package of Ignition reads. */
const DEFAULT_SPEC: IgnitionVersion = "3.3.0";

export interface IgnitionArguments {
  readonly file: string;
  readonly spec: IgnitionVersion | undefined;
  readonly variables: VariableInputs;
}

export const readIgnitionArguments = (args: readonly string[]): IgnitionArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "FILE",
    least: 1,
    most: 1,
  });
  return {
    file: positionals[0] ?? "",
    spec: values.spec === undefined ? undefined : choice("spec", values.spec, SPEC_VERSIONS),
    variables: readVariables(values),
  };
};

export const ignition: Command = {
  help: {
    summary: "Print what is left for a node's first boot, as an Ignition config",
    usage: ["ignition FILE [--spec VERSION] [--var NAME=VALUE]…"],
    about: [
      "Of an image definition that is what no image can have: disks, RAID, encrypted volumes, file systems, and what lies on these. Of a document of Butane (fcos, flatcar) or Ignition it is all of it, translated. A spec that cannot say something is refused, with the field's name.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway ignition edge.yaml > first-boot.ign",
        does: "Write the config for Debian's Ignition.",
      },
      { line: "slipway ignition node.bu --spec 3.4.0", does: "Translate a Butane document." },
    ],
  },
  run: async (args, { definitions }, { say, paint }) => {
    const { file, spec, variables } = readIgnitionArguments(args);
    const language = await import("@slipway/ignition-config");
    const { formatEntryPath, isFatal, loadDefinition, minorOf, renderFinding, versionOf } =
      language;
    const loaded = await loadDefinition(file, definitions, { variables, withoutImage: true });
    const { findings } = loaded.report;
    for (const text of presentReport(findings, loaded.texts, renderFinding, paint)) say(text);
    const name = printableLine(file);
    if (isFatal(loaded.report)) {
      throw new CliError(
        "INVALID_DEFINITION",
        `${name} cannot be used: ${countFindings(findings)}`,
        { hint: "correct what is shown above" },
      );
    }
    if (loaded.ignition === undefined)
      say(`${name}: all of it is in the image, nothing is left for first boot`);
    const own = loaded.definition === undefined ? loaded.ignition?.minor : undefined;
    const minor = spec === undefined ? (own ?? minorOf(DEFAULT_SPEC)) : minorOf(spec);
    const empty = { config: { ignition: { version: versionOf(minor) } }, minor } as const;
    const given = loaded.ignition ?? empty;
    const expressed = language.expressIgnition(given.config, given.minor, minor);
    if ("config" in expressed) return { data: jsonDocument(expressed.config) };
    const lines = expressed.refusals.map(
      ({ path, message }) => `${printableLine(formatEntryPath(path))}: ${printableLine(message)}`,
    );
    throw new CliError(
      "INVALID_DEFINITION",
      [`spec ${versionOf(minor)} cannot say all of ${name}:`, ...lines].join("\n"),
      { hint: "choose a later --spec, or leave these fields out" },
    );
  },
};
