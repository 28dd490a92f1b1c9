import { type OptionTable, parseArguments, choice } from "../arguments/parse.ts";
import { usageError } from "../errors.ts";
import { EXIT } from "../exit-status.ts";
import { jsonDocument } from "../present/document.ts";
import {
  type CheckedFile,
  countFindings,
  findingsDocument,
  presentReport,
} from "../present/findings.ts";
import { printableLine } from "../text/printable.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const OPTIONS = {
  format: {
    type: "string",
    value: "FORMAT",
    help: "text (with the lines that findings are about; default) or json (one document).",
  },
  json: { type: "boolean", help: "The same as --format json." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export interface ValidateArguments {
  readonly files: readonly string[];
  readonly format: "text" | "json";
}

export const readValidateArguments = (args: readonly string[]): ValidateArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "FILE",
    least: 1,
    most: Number.POSITIVE_INFINITY,
  });
  const asked =
    values.format === undefined ? undefined : choice("format", values.format, ["text", "json"]);
  if (asked === "text" && values.json === true) {
    throw usageError("--json and --format text exclude each other");
  }
  return { files: positionals, format: asked ?? (values.json === true ? "json" : "text") };
};

export const validate: Command = {
  help: {
    summary: "Check image definitions and show every mistake in its place",
    usage: ["validate FILE… [--format text|json]"],
    about: [
      "Reads each definition with everything it includes, and builds nothing. All findings are shown, not only the first.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway validate images/base.yaml", does: "Check one definition." },
      {
        line: "slipway validate images/*.yaml --format json",
        does: "Check all of them, for a program to read.",
      },
    ],
    exits: [["3", "a definition has errors"]],
  },
  run: async (args, { definitions }, { say, paint }) => {
    const { files, format } = readValidateArguments(args);
    const { formatPath, isFatal, loadDefinition, renderFinding } =
      await import("@slipway/ignition-config");
    const checked: CheckedFile[] = [];
    const shown: string[] = [];
    for (const file of files) {
      const { report, texts } = await loadDefinition(file, definitions);
      const { findings } = report;
      checked.push({ file, valid: !isFatal(report), findings });
      shown.push(...presentReport(findings, texts, renderFinding, paint));
      if (format === "text") say(`${printableLine(file)}: ${countFindings(findings)}`);
    }
    const data =
      format === "json"
        ? jsonDocument(findingsDocument(checked, formatPath))
        : shown.map((text) => `${text}\n`).join("");
    const status = checked.every(({ valid }) => valid) ? EXIT.done : EXIT.invalidDefinition;
    return { data, status };
  },
};
