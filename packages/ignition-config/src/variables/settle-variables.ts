/** From declarations and given values to one value for each variable; whatever does not fit is reported. */
import type { Note, Sink } from "../report/notes.ts";
import { quote, type Violation } from "../report/violation.ts";
import { nearest } from "../text/nearest.ts";
import { type Mark, rangeOf } from "../text/source-text.ts";
import { plainKind, readBoolean, readInteger } from "../yaml/scalar-value.ts";
import { isNull } from "../yaml/yaml-node.ts";
import type { Declaration } from "./declarations.ts";
import type { ValueOrigin, Variable, VariableType } from "./variable.ts";

/** A value that somebody gave from outside. */
export interface GivenValue {
  readonly name: string;
  /** Of a file of values, so that a finding can show it; absent for the command line. */
  readonly nameAt?: Mark;
  readonly scalar: {
    readonly text: string;
    /** Whether it stood without quotes; undefined on the command line, where there are none. */
    readonly plain: boolean | undefined;
    readonly at?: Mark;
  };
}

/** All declarations of one name; they are one variable. */
interface Family {
  readonly name: string;
  readonly members: Declaration[];
}

const EXPECTED: Readonly<Record<VariableType, string>> = {
  string: "text",
  int: "a whole number",
  bool: "true or false",
};

const show = (at: Mark): string => {
  const { file, start } = rangeOf(at);
  return `${file}:${start.line}`;
};

const familiesOf = (
  documents: readonly (readonly Declaration[])[],
): ReadonlyMap<string, Family> => {
  const families = new Map<string, Family>();
  for (const one of documents.flat()) {
    const family = families.get(one.name);
    if (family === undefined) families.set(one.name, { name: one.name, members: [one] });
    else family.members.push(one);
  }
  return families;
};

/** The one type of all declarations that name one. */
const typeOf = ({ name, members }: Family, sink: Sink): VariableType => {
  const typed = members.flatMap(({ type }) => (type === undefined ? [] : [type]));
  const [first, ...others] = typed;
  for (const other of others) {
    if (first === undefined || other.name === first.name) continue;
    sink({
      violation: {
        rule: "variable-type",
        message: `variable ${quote(name)} is ${first.name} in ${show(first.at)} and ${other.name} here`,
        hint: "give it one type, or another name here",
      },
      path: ["variables", name, "type"],
      at: other.at,
    });
  }
  return first?.name ?? "string";
};

/** Whether a value as it was written, with or without quotes, is of the type. */
const isOfType = (type: VariableType, { text, plain }: GivenValue["scalar"]): boolean => {
  switch (type) {
    case "string": {
      const kind = plain === true ? plainKind(text) : "text";
      return kind === "text" || kind === "number";
    }
    case "int": {
      // A leading zero is kept: the key that the value is put into knows whether it is octal.
      const reading = plain === false ? undefined : readInteger(text, "octal");
      return reading !== undefined && "value" in reading && Number.isSafeInteger(reading.value);
    }
    case "bool":
      return plain !== false && readBoolean(text) !== undefined;
  }
};

const valueProblem = (
  name: string,
  type: VariableType,
  scalar: GivenValue["scalar"],
  choices: readonly string[] | undefined,
): Violation | undefined => {
  if (!isOfType(type, scalar)) {
    const isQuoted = scalar.plain === false && isOfType(type, { ...scalar, plain: true });
    return {
      rule: "variable-value",
      message: `variable ${quote(name)} is ${EXPECTED[type]}, and ${quote(scalar.text)} is not`,
      hint:
        type === "string"
          ? `quote it: "${scalar.text}"`
          : isQuoted
            ? "remove the quotes"
            : `give ${EXPECTED[type]}, or declare another \`type\``,
    };
  }
  if (choices === undefined || choices.includes(scalar.text)) return undefined;
  const near = nearest(scalar.text, choices);
  return {
    rule: "variable-value",
    message: `variable ${quote(name)} is one of ${choices.slice(0, 10).join(", ")}, not ${quote(scalar.text)}`,
    hint: near === undefined ? "choose one of them" : `did you mean \`${near}\`?`,
  };
};

/** A note about a given value: in its file, or about the command line as a whole. */
const noteOf = (violation: Violation, { name, nameAt, scalar }: GivenValue): Note => {
  const at = scalar.at ?? nameAt;
  if (at !== undefined) return { violation, path: [name], at };
  return { violation: { ...violation, message: `--var ${name}: ${violation.message}` }, path: [] };
};

const reportUnknown = (given: GivenValue, names: readonly string[], sink: Sink): void => {
  const violation: Violation = {
    rule: "unknown-variable",
    message: `no document declares a variable ${quote(given.name)}`,
    hint: () => {
      const near = nearest(given.name, names);
      if (near !== undefined) return `did you mean \`${near}\`?`;
      return names.length === 0
        ? "declare it under `variables:`, or do not give it"
        : `there are ${names.slice(0, 10).join(", ")}`;
    },
  };
  sink(
    given.nameAt === undefined
      ? { violation, path: [] }
      : { violation, path: [given.name], at: given.nameAt },
  );
};

const missing = ({ name, members }: Family): Note => ({
  violation: {
    rule: "missing-variable",
    message: `variable ${quote(name)} has no value`,
    hint: `give it with \`--var ${name}=VALUE\`, or add a \`default\``,
  },
  path: ["variables", name],
  ...(members[0] === undefined ? {} : { at: members[0].at }),
});

const settleOne = (family: Family, given: GivenValue | undefined, sink: Sink): Variable => {
  const { name, members } = family;
  const type = typeOf(family, sink);
  // A later document is over an earlier one here as everywhere.
  const choices = members.findLast((one) => one.choices !== undefined)?.choices;
  const declared = members.flatMap(({ defaultValue }) => defaultValue ?? []);
  let isSound = true;
  const check = (one: GivenValue, note: (violation: Violation) => Note): void => {
    const violation = valueProblem(name, type, one.scalar, choices);
    if (violation === undefined) return;
    sink(note(violation));
    isSound = false;
  };
  const last = declared.at(-1);
  if (last !== undefined && !isNull(last)) {
    const path = ["variables", name, "default"];
    check({ name, scalar: last }, (violation) => ({ violation, path, at: last.at }));
  }
  if (given !== undefined) check(given, (violation) => noteOf(violation, given));
  const scalar = given?.scalar ?? last;
  // A default that is no value has been reported for what it is.
  const isMissing = scalar === undefined && !members.some((one) => one.hasBrokenDefault);
  if (isMissing) sink(missing(family));
  if (scalar === undefined || !isSound) return { name, type };
  const origin: ValueOrigin =
    given === undefined && last !== undefined
      ? { kind: "document", at: last.at }
      : given?.scalar.at === undefined
        ? { kind: "command-line" }
        : { kind: "file", at: given.scalar.at };
  return { name, type, value: { text: scalar.text, origin } };
};

/**
 * Every variable of the documents, which come in the order of merging. `given` are values from outside, a later one of
 * the same name over an earlier one.
 */
export const settleVariables = (
  documents: readonly (readonly Declaration[])[],
  given: readonly GivenValue[],
  sink: Sink,
): ReadonlyMap<string, Variable> => {
  const families = familiesOf(documents);
  const names = [...families.keys()];
  const values = new Map(given.map((one) => [one.name, one]));
  for (const one of values.values()) {
    if (!families.has(one.name)) reportUnknown(one, names, sink);
  }
  return new Map(
    [...families.values()].map((family) => [
      family.name,
      settleOne(family, values.get(family.name), sink),
    ]),
  );
};
