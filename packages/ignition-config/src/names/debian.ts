import { quote, type Violation } from "../report/violation.ts";
import type { TextRule } from "../schema/shape.ts";
import { patternRule } from "./pattern-rule.ts";

const PACKAGE = "^[a-z0-9][a-z0-9+.-]+$";

const packageHint = (name: string): string => {
  if (name.includes("=")) return "leave the version out: versions are kept in the lock file";
  if (name.includes(":"))
    return "leave the architecture out: every package is installed for the image's own";
  if (name.includes("/"))
    return "name a package of the suite; a release or a path cannot be chosen here";
  if (/^-./.test(name))
    return "a package cannot be removed from an included list; leave it out there";
  return "use at least two of a-z, 0-9, `+`, `-` and `.`, the first a letter or digit";
};

/** A binary package's name, Debian Policy 5.6.1 and 5.6.7. */
export const packageName: TextRule = {
  pattern: PACKAGE,
  check: (name) =>
    new RegExp(PACKAGE, "u").test(name)
      ? undefined
      : {
          rule: "package-name",
          message: `${quote(name)} is no package name`,
          hint: packageHint(name),
        },
};

/** A suite or code name, also one like `trixie-backports`. */
export const suiteName: TextRule = patternRule("suite", "^[a-z][a-z0-9.-]*$", {
  what: "Debian suite",
  hint: "use a code name such as `trixie`",
  correct: (text) => text.toLowerCase(),
});

/** A component of an archive, such as `non-free-firmware`. */
export const componentName: TextRule = patternRule("component", "^[a-z][a-z0-9-]*$", {
  what: "archive component",
  hint: "use names such as `main` and `non-free-firmware`",
  correct: (text) => text.toLowerCase(),
});

const SCHEMES: readonly string[] = ["http:", "https:", "file:"];

const mirrorProblem = (message: string, hint: string): Violation => ({
  rule: "mirror",
  message,
  hint,
});

/** The base URL of an archive; what is secret in a URL would end up in the lock and in logs. */
export const mirrorUrl: TextRule = {
  pattern: "^(?:https?|file)://",
  check: (text) => {
    if (!/^[a-z]+:\/\//.test(text) || !URL.canParse(text)) {
      return mirrorProblem(
        "this is no URL of an archive",
        "write one such as `https://deb.debian.org/debian`",
      );
    }
    const url = new URL(text);
    if (!SCHEMES.includes(url.protocol)) {
      return mirrorProblem(
        `archives cannot be read over ${url.protocol}//`,
        "use https, http or file",
      );
    }
    if (url.username !== "" || url.password !== "") {
      return {
        rule: "url-secret",
        message: "the URL holds a user name or password, which would end up in the lock file",
        hint: "remove it, and configure access outside of the definition",
      };
    }
    if (/[?#\s]/.test(text)) {
      return mirrorProblem("the URL of an archive has no query, fragment or blank", "remove it");
    }
    return undefined;
  },
};
