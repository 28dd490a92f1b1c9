import type { Violation } from "../report/violation.ts";

/** All permission bits, set-id and sticky included. */
export const MAX_MODE = 0o7777;

const CLASS_SHIFTS = [0, 3, 6] as const;

/**
 * Whether a mode is one that people give to files (or directories): nobody may do more than the classes above them,
 * who may write may read, and a directory that may be read may be entered.
 */
const isTypical = (mode: number, isDirectory: boolean): boolean => {
  if (mode === 0) return true;
  let lower = 0;
  for (const shift of CLASS_SHIFTS) {
    const bits = (mode >> shift) & 0o7;
    if ((lower & ~bits) !== 0) return false;
    const [read, write, enter] = [(bits & 4) !== 0, (bits & 2) !== 0, (bits & 1) !== 0];
    if (write && !read) return false;
    if (isDirectory && read && !enter) return false;
    lower = bits;
  }
  return (lower & 4) !== 0;
};

/**
 * The check that Butane makes: a mode written in decimal that nobody would want, while its digits taken as octal are
 * quite usual, lacks its leading zero.
 */
export const decimalModeProblem =
  (isDirectory: boolean) =>
  (value: number, text: string): Violation | undefined => {
    if (!/^[1-9][0-7]*$/.test(text)) return undefined;
    const octal = Number.parseInt(text, 8);
    if (octal > MAX_MODE || isTypical(value, isDirectory) || !isTypical(octal, isDirectory)) {
      return undefined;
    }
    return {
      rule: "decimal-mode",
      message: `mode ${text} is decimal and means 0${value.toString(8)}`,
      hint: `write \`0${text}\``,
    };
  };
