/** What a plain scalar means where a schema asks for a number or a boolean. */
import { quote, type Violation } from "../report/violation.ts";

export type Notation = "decimal" | "octal";

/** Reading of a number: its value, a violation, or undefined for text that is no whole number at all. */
export type IntegerReading =
  | { readonly value: number }
  | { readonly violation: Violation }
  | undefined;

const BASES: readonly (readonly [RegExp, number])[] = [
  [/^0o([0-7]+)$/, 8],
  [/^0x([0-9a-fA-F]+)$/, 16],
];

const ambiguous = (text: string): Violation => ({
  rule: "number-spelling",
  message: `${quote(text)} is octal to some readers of YAML and decimal to others`,
  hint: "remove the leading zero",
});

/**
 * A whole number as YAML 1.2 writes it (decimal, `0o` octal, `0x` hexadecimal). A leading zero means octal to
 * YAML 1.1, to Butane and in every manual about modes, but decimal to YAML 1.2: it is read as octal where the schema
 * says that octal is usual, and refused elsewhere.
 */
export const readInteger = (text: string, notation: Notation): IntegerReading => {
  for (const [pattern, base] of BASES) {
    const digits = pattern.exec(text)?.[1];
    if (digits !== undefined) return { value: Number.parseInt(digits, base) };
  }
  if (/^[-+]?0[0-9]+$/.test(text)) {
    if (notation === "decimal") return { violation: ambiguous(text) };
    if (/^0[0-7]+$/.test(text)) return { value: Number.parseInt(text, 8) };
    return {
      violation: {
        rule: "number-spelling",
        message: `${quote(text)} is not an octal number`,
        hint: "use the digits 0 to 7",
      },
    };
  }
  return /^[-+]?[0-9]+$/.test(text) ? { value: Number(text) } : undefined;
};

const TRUE = /^(?:true|True|TRUE|yes|Yes|YES|on|On|ON)$/;
const FALSE = /^(?:false|False|FALSE|no|No|NO|off|Off|OFF)$/;

/** A boolean; as in Butane `yes`, `no`, `on` and `off` are booleans too, but only where one is asked for. */
export const readBoolean = (text: string): boolean | undefined => {
  if (TRUE.test(text)) return true;
  return FALSE.test(text) ? false : undefined;
};

/** What YAML 1.2 takes plain text for. */
export const plainKind = (text: string): "null" | "boolean" | "number" | "text" => {
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return "null";
  if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(text)) return "boolean";
  const number =
    /^[-+]?(?:[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))$/;
  return number.test(text) || /^\.(?:nan|NaN|NAN)$/.test(text) ? "number" : "text";
};
