import {
  choice,
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
  usageError,
} from "@slipway/host/command-line";
import type { Finding, Loaded, Report, VariableInputs } from "@slipway/ignition-config";
import { readVariables, VARIABLE_OPTIONS } from "../arguments/variables.ts";
import { EXIT } from "../exit-status.ts";
import { countFindings, findingsDocument, presentReport } from "../present/findings.ts";
import { sarifLog } from "../present/sarif.ts";
import { VERSION } from "../version.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const OPTIONS = {
  ...VARIABLE_OPTIONS,
  lenient: {
    type: "boolean",
    help: "Take keys that nobody knows as warnings, and leave them out.",
  },
  format: {
    type: "string",
    value: "FORMAT",
    help: "text (with the lines that findings are about; default), json (one document) or sarif (SARIF 2.1.0, for code hosts and editors).",
  },
  json: { type: "boolean", help: "The same as --format json." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const FORMATS = ["text", "json", "sarif"] as const;
type Format = (typeof FORMATS)[number];

export interface ValidateArguments {
  readonly files: readonly string[];
  readonly format: Format;
  readonly lenient: boolean;
  readonly variables: VariableInputs;
}

export const readValidateArguments = (args: readonly string[]): ValidateArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "FILE",
    least: 1,
    most: Number.POSITIVE_INFINITY,
  });
  const asked = values.format === undefined ? undefined : choice("format", values.format, FORMATS);
  if (asked !== undefined && asked !== "json" && values.json === true) {
    throw usageError(`--json and --format ${asked} exclude each other`);
  }
  return {
    files: positionals,
    format: asked ?? (values.json === true ? "json" : "text"),
    lenient: values.lenient === true,
    variables: readVariables(values),
  };
};

const isStrangeVariable = ({ rule, range }: Finding): boolean =>
  rule === "unknown-variable" && range === undefined;

/** Of several definitions not each need have every variable that is given: one is enough. */
const sharedVariables = (reports: readonly Report[]): readonly Report[] => {
  const counts = new Map<string, number>();
  for (const { message } of reports.flatMap(({ findings }) => findings.filter(isStrangeVariable))) {
    counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  return reports.map(({ findings }) => ({
    findings: findings.filter(
      (one) => !isStrangeVariable(one) || counts.get(one.message) === reports.length,
    ),
  }));
};

export const validate: Command = {
  help: {
    summary: "Check image definitions and show every mistake in its place",
    usage: ["validate FILE… [--format text|json|sarif] [--lenient] [--var NAME=VALUE]…"],
    about: [
      "Reads each definition with everything it includes, and builds nothing. All findings are shown, not only the first. FILE may also be a document of Butane (fcos, flatcar) or Ignition: it is held to its own program's rules, and to what an image can have.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway validate images/base.yaml", does: "Check one definition." },
      {
        line: "slipway validate images/*.yaml --format json",
        does: "Check all of them, for a program to read.",
      },
      {
        line: "slipway validate images/*.yaml --format sarif > findings.sarif",
        does: "Have a code host show the findings in the lines that they are about.",
      },
    ],
    exits: [["3", "a definition has errors"]],
  },
  run: async (args, { definitions }, { say, paint }) => {
    const { files, format, lenient, variables } = readValidateArguments(args);
    const language = await import("@slipway/ignition-config");
    const { isFatal, loadDefinition, renderFinding } = language;
    const reports: Report[] = [];
    const loaded: Loaded[] = [];
    for (const file of files) {
      const one = await loadDefinition(file, definitions, {
        variables,
        lenient,
        withoutImage: true,
      });
      loaded.push(one);
      reports.push(one.report);
    }
    const checked = sharedVariables(reports).map(({ findings }, index) => ({
      file: files[index] ?? "",
      valid: !isFatal({ findings }),
      findings,
      texts: loaded[index]?.texts ?? new Map<string, string>(),
    }));
    // What several definitions include is said once.
    const shown = new Set<string>();
    for (const { file, findings, texts } of checked) {
      for (const text of presentReport(findings, texts, renderFinding, paint)) shown.add(text);
      if (format === "text") say(`${printableLine(file)}: ${countFindings(findings)}`);
    }
    const data = {
      text: () => [...shown].map((text) => `${text}\n`).join(""),
      json: () => jsonDocument(findingsDocument(checked, language.formatPath)),
      sarif: () => jsonDocument(sarifLog(checked, language.RULES, VERSION)),
    }[format]();
    const status = checked.every(({ valid }) => valid) ? EXIT.done : EXIT.invalidDefinition;
    return { data, status };
  },
};
