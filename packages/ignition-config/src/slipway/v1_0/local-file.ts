import { quote, type Violation } from "../../report/violation.ts";
import type { TextRule } from "../../schema/shape.ts";

/** The name of a file on the builder's machine. */
export const localFile: TextRule = {
  pattern: "^.",
  check: (path): Violation | undefined => {
    if (path === "") {
      return {
        rule: "path",
        message: "the path is empty",
        hint: "name a file beside the definition",
      };
    }
    if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return undefined;
    return {
      rule: "path",
      message: `${quote(path)} is a URL, not a file`,
      hint: "name a local file",
    };
  },
};
