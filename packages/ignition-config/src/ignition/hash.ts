import type { Violation } from "../report/violation.ts";
import type { TextRule } from "../schema/shape.ts";

/** Hexadecimal digits of each function's result. */
const DIGITS: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha512", 128],
]);

const problem = (message: string): Violation => ({
  rule: "hash",
  message,
  hint: "write `sha256-` and the 64 digits that sha256sum prints",
});

/** `FUNCTION-DIGITS`, as in `verification.hash`. */
export const verificationHash: TextRule = {
  pattern: "^(?:sha256-[0-9a-fA-F]{64}|sha512-[0-9a-fA-F]{128})$",
  check: (text) => {
    const dash = text.indexOf("-");
    if (dash < 0) return problem("the hash does not name its function");
    const digits = DIGITS.get(text.slice(0, dash));
    if (digits === undefined) return problem("the hash function is neither sha256 nor sha512");
    const sum = text.slice(dash + 1);
    if (sum.length !== digits) return problem(`the hash has ${sum.length} digits, not ${digits}`);
    return /^[0-9a-fA-F]*$/.test(sum) ? undefined : problem("the hash is not hexadecimal");
  },
};
