import { quote, type Violation } from "../report/violation.ts";
import type { TextRule } from "../schema/shape.ts";
import { nearest } from "../text/nearest.ts";

/** Fields that follow from the image block; os-release(5) says what they mean. */
const RESERVED: ReadonlyMap<string, string> = new Map([
  ["IMAGE_ID", "image.name"],
  ["IMAGE_VERSION", "image.version"],
]);

/** Fields of os-release(5), to recognise a misspelt one by; others are allowed. */
const KNOWN: readonly string[] = (
  "NAME ID ID_LIKE PRETTY_NAME CPE_NAME VARIANT VARIANT_ID VERSION VERSION_ID " +
  "VERSION_CODENAME BUILD_ID RELEASE_TYPE HOME_URL DOCUMENTATION_URL SUPPORT_URL " +
  "BUG_REPORT_URL PRIVACY_POLICY_URL SUPPORT_END LOGO ANSI_COLOR VENDOR_NAME VENDOR_URL " +
  "EXPERIMENT EXPERIMENT_URL DEFAULT_HOSTNAME ARCHITECTURE SYSEXT_LEVEL CONFEXT_LEVEL " +
  "SYSEXT_SCOPE"
).split(" ");

/** The name of a field. */
export const osReleaseKey: TextRule = {
  pattern: "^[A-Z][A-Z0-9_]*$",
  check: (key) => {
    const owner = RESERVED.get(key);
    if (owner !== undefined) {
      return {
        rule: "os-release-reserved",
        message: `os-release field ${key} is set from \`${owner}\``,
        hint: `remove it, and set \`${owner}\``,
      };
    }
    if (/^[A-Z][A-Z0-9_]*$/.test(key)) return undefined;
    const near = nearest(key, KNOWN);
    return {
      rule: "os-release-key",
      message: `${quote(key)} is no os-release field`,
      hint:
        near === undefined
          ? "use A-Z, 0-9 and `_`, the first a letter"
          : `did you mean \`${near}\`?`,
    };
  },
};

/** Fields that programs compare: os-release(5) allows them only these characters. */
const IDENTIFIERS: readonly string[] = ["ID", "VERSION_ID", "VARIANT_ID", "VERSION_CODENAME"];

/** What is wrong with a field's value, beyond it being one line. */
export const osReleaseValueProblem = (key: string, value: string): Violation | undefined => {
  const words = key === "ID_LIKE" ? value.split(" ") : [value];
  const isIdentifier = IDENTIFIERS.includes(key) || key === "ID_LIKE";
  if (!isIdentifier || words.every((word) => /^[a-z0-9._-]+$/.test(word))) return undefined;
  return {
    rule: "os-release-value",
    message: `${quote(value)} is no value for ${key}`,
    hint: "use a-z, 0-9, `.`, `_` and `-`",
  };
};
