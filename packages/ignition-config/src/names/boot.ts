import { quote, type Violation } from "../report/violation.ts";
import type { TextRule } from "../schema/shape.ts";
import { patternRule } from "./pattern-rule.ts";

/** A kernel module's name; the kernel takes `-` and `_` for the same. */
export const kernelModule: TextRule = patternRule("kernel-module", "^[A-Za-z0-9][A-Za-z0-9_-]*$", {
  what: "kernel module",
  hint: "use the name that `modinfo` knows, without a path or `.ko`",
  correct: (text) => text.replace(/^.*\//, "").replace(/\.ko(?:\.\w+)?$/, ""),
});

/**
 * What chooses the root and its verification. The image says that itself, bound to its own contents; a second word
 * on it would make a release boot something else than what was signed.
 */
const RESERVED =
  /^(?:root|rootfstype|roothash|usrhash|ro|rw|systemd\.verity\w*|rd\.systemd\.verity\w*)$/;

const reserved = (name: string): Violation => ({
  rule: "kernel-argument-reserved",
  message: `kernel argument ${quote(name)} is set by the image itself`,
  hint: "remove it",
});

/** One argument, or several that belong together separated by one blank, in printable ASCII. */
export const kernelArgument: TextRule = {
  pattern: "^[!-~]+(?: [!-~]+)*$",
  check: (text) => {
    if (!/^[!-~]+(?: [!-~]+)*$/.test(text)) {
      return {
        rule: "kernel-argument",
        message: `${quote(text)} is no kernel argument`,
        hint: "use printable ASCII, no blank at either end and no two in a row",
      };
    }
    const name = text
      .split(" ")
      .map((word) => word.replace(/=.*$/, ""))
      .find((word) => RESERVED.test(word));
    return name === undefined ? undefined : reserved(name);
  },
};
