/** Options of every command that reads a definition: the values of its variables. Pure. */
import type { VariableInputs } from "@slipway/ignition-config";
import { printableLine, usageError } from "@slipway/host/command-line";

export const VARIABLE_OPTIONS: {
  readonly var: {
    readonly type: "string";
    readonly multiple: true;
    readonly value: string;
    readonly help: string;
  };
  readonly "var-file": {
    readonly type: "string";
    readonly multiple: true;
    readonly value: string;
    readonly help: string;
  };
} = {
  var: {
    type: "string",
    multiple: true,
    value: "NAME=VALUE",
    help: "The value of a variable of the definition, over its default and every --var-file.",
  },
  "var-file": {
    type: "string",
    multiple: true,
    value: "FILE",
    help: "A YAML file of `NAME: VALUE` lines; of several, a later one counts over an earlier one.",
  },
};

const readValue = (text: string): { readonly name: string; readonly value: string } => {
  const equals = text.indexOf("=");
  if (equals > 0) return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  // What stands here may be a value that somebody meant to keep: only the first word is repeated.
  const name = printableLine(text.split(/[\s=]/, 1)[0] ?? "");
  throw usageError(`--var is '${name}' without a value`, `write --var ${name || "NAME"}=VALUE`);
};

/** What `--var` and `--var-file` say. */
export const readVariables = (values: {
  readonly var?: readonly string[];
  readonly "var-file"?: readonly string[];
}): VariableInputs => ({
  files: values["var-file"] ?? [],
  values: (values.var ?? []).map(readValue),
});
