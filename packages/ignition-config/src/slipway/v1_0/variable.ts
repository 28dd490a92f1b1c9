import { patternRule } from "../../names/pattern-rule.ts";
import { choiceOf, mapOf, object, oneOf, scalar, text } from "../../schema/combinators.ts";
import type { Schema } from "../../schema/shape.ts";
import { VARIABLE_NAME } from "../../variables/reference.ts";
import { VARIABLE_TYPES, type VariableType } from "../../variables/variable.ts";

/** One of `variables`, merged field by field with other documents' declarations of the name. */
export interface VariableFragment {
  readonly type?: VariableType;
  readonly default?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
}

const variableName = patternRule("variable-name", VARIABLE_NAME, {
  what: "variable name",
  hint: "use at most 64 of a-z, 0-9, `_` and `-`, the first a letter",
  correct: (name) => name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "_"),
});

const variable: Schema<VariableFragment> = object<VariableFragment>("A variable.", {
  type: oneOf("What its values are. Default: string.", VARIABLE_TYPES, {
    literal: true,
    synonyms: { str: "string", text: "string", integer: "int", number: "int", boolean: "bool" },
  }),
  default: scalar("Its value when none is given. Without this key one must be given."),
  description: text("What it is for.", { literal: true, freeText: true }),
  enum: choiceOf(
    "The values it may have. Default: any of its type.",
    text("A value.", { literal: true, numbers: true }),
    { minItems: 1 },
  ),
});

export const variables: Schema<Readonly<Record<string, VariableFragment>>> = mapOf(
  "Variables by name, for this document and those that include it; `${var.NAME}` in a value stands for one.",
  variableName,
  variable,
);
