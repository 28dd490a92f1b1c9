/** Reading a command's arguments by its table of options. Pure. */
import { parseArgs } from "node:util";
import { type UsageError, usageError } from "./usage-error.ts";
import { nearest } from "./nearest.ts";
import { printableLine } from "./printable.ts";

export interface OptionSpec {
  readonly type: "boolean" | "string";
  readonly multiple?: boolean;
  readonly short?: string;
  /** What the help calls the value: `DIR`. */
  readonly value?: string;
  readonly help: string;
}

/** Options by name, in the order in which the help lists them. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** What stands for itself in a command line. */
export interface OperandSpec {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

interface ParseConfig<T extends OptionTable> {
  args: string[];
  options: T;
  allowPositionals: true;
  strict: true;
}

/** What a table makes of arguments: `values` by option, and the operands. */
export type ParsedArguments<T extends OptionTable> = ReturnType<typeof parseArgs<ParseConfig<T>>>;

const quoted = (text: string): string => `'${printableLine(text)}'`;

const spelling = (name: string, option: OptionSpec): string =>
  option.value === undefined ? `--${name}` : `--${name} ${option.value}`;

/** Loosely read arguments: every option with the value that it would get. */
const tokensOf = (options: OptionTable, args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  }).tokens;

/** Whether the arguments ask for help, whatever else may be wrong with them. */
export const asksForHelp = (options: OptionTable, args: readonly string[]): boolean =>
  tokensOf(options, args).some((token) => token.kind === "option" && token.name === "help");

const optionProblem = (options: OptionTable, args: readonly string[]): UsageError | undefined => {
  for (const token of tokensOf(options, args)) {
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) {
      const near = nearest(name, Object.keys(options));
      return usageError(
        `there is no option ${quoted(rawName)}`,
        near === undefined ? undefined : `did you mean --${near}?`,
      );
    }
    if (option.type === "boolean") {
      if (value !== undefined) return usageError(`--${name} takes no value`);
      continue;
    }
    const example = spelling(name, option);
    if (value === undefined) return usageError(`--${name} needs a value`, `write ${example}`);
    if (value === "") return usageError(`--${name} has an empty value`, `write ${example}`);
    if (!inlineValue && value.startsWith("-") && value !== "-") {
      return usageError(
        `--${name} needs a value, and ${quoted(value)} looks like the next option`,
        `write ${example}, or --${name}=${printableLine(value)} if that is the value`,
      );
    }
  }
  return undefined;
};

const operandProblem = (
  { name, least, most }: OperandSpec,
  operands: readonly string[],
): UsageError | undefined => {
  if (operands.includes("")) return usageError(`${name} is an empty text`);
  if (operands.length < least) return usageError(`${name} is missing`);
  if (operands.length > most) {
    return usageError(
      most === 0
        ? `${quoted(operands[0] ?? "")} is not expected here`
        : `${quoted(operands[most] ?? "")} is one ${name} too many`,
    );
  }
  return undefined;
};

/**
 * The arguments by the command's tables. The last one of an option given twice counts.
 * @throws UsageError for the first argument that does not fit.
 */
export const parseArguments = <const T extends OptionTable>(
  args: readonly string[],
  options: T,
  operands: OperandSpec,
): ParsedArguments<T> => {
  const wrong = optionProblem(options, args);
  if (wrong !== undefined) throw wrong;
  const parsed = parseArgs<ParseConfig<T>>({
    args: [...args],
    options,
    allowPositionals: true,
    strict: true,
  });
  const missing = operandProblem(operands, parsed.positionals);
  if (missing !== undefined) throw missing;
  return parsed;
};

/** The whole number from `least` to `most` that is the value of `--NAME`. */
export const wholeNumber = (
  name: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number => {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw usageError(`--${name} is ${quoted(text)}`, `give a whole number from ${least} to ${most}`);
};

/** The one of `choices` that is the value of `--NAME`. */
export const choice = <T extends string>(name: string, text: string, choices: readonly T[]): T => {
  const found = choices.find((one) => one === text);
  if (found !== undefined) return found;
  const near = nearest(text, choices);
  throw usageError(
    `--${name} is ${quoted(text)}`,
    near === undefined
      ? `choose from ${choices.join(", ")}`
      : `did you mean ${near}? There are ${choices.join(", ")}`,
  );
};
