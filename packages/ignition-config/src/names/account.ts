import { quote, type Violation } from "../report/violation.ts";
import type { TextRule } from "../schema/shape.ts";
import { absolutePath } from "./absolute-path.ts";
import { patternRule } from "./pattern-rule.ts";

/** The largest user or group number; the one above it means "none" to the kernel. */
export const MAX_ID = 4_294_967_294;

/** What Debian's shadow tools accept: beginning with a letter or `_`, at most 32 characters. */
export const accountName: TextRule = patternRule("account-name", "^[a-z_][a-z0-9_-]{0,31}$", {
  what: "user or group name",
  hint: "use at most 32 of a-z, 0-9, `_` and `-`, the first a letter or `_`",
  correct: (text) => text.toLowerCase(),
});

/** A group given by name or by number. */
export const groupNameOrId: TextRule = {
  pattern: "^(?:[a-z_][a-z0-9_-]{0,31}|[0-9]{1,10})$",
  check: (text) => {
    if (!/^[0-9]+$/.test(text)) return accountName.check(text);
    if (Number(text) <= MAX_ID) return undefined;
    return {
      rule: "account-name",
      message: `${quote(text)} is no group number`,
      hint: `use 0 to ${MAX_ID}`,
    };
  },
};

const separator = (text: string): Violation | undefined =>
  text.includes(":")
    ? {
        rule: "account-field",
        message: `${quote(text)} holds a colon, which ends a field of /etc/passwd`,
        hint: "remove the colon",
      }
    : undefined;

/** A field of /etc/passwd. */
export const passwdField: TextRule = { pattern: "^[^:]*$", check: separator };

/** A path that is a field of /etc/passwd. */
export const passwdPath: TextRule = {
  pattern: "^/[^:]*$",
  check: (text) => absolutePath.check(text) ?? separator(text),
};

/** Whether a text looks like something that crypt(3) made, or locks the account (`*`, `!`, empty). */
export const looksHashed = (text: string): boolean =>
  /^(?:!*|\*|!*\$[a-z0-9]+\$[^\s:]+|[./A-Za-z0-9]{13})$/.test(text);

const KEY_TYPE = /(?:^|[\s",])(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+ +([A-Za-z0-9+/]+={0,2})(?:\s|$)/;

/**
 * A line of `authorized_keys`, options included. No message repeats the text: somebody may have pasted the private key.
 */
export const sshKey: TextRule = {
  check: (text) => {
    const problem = (message: string, hint: string): Violation => ({
      rule: "ssh-key",
      message,
      hint,
    });
    if (text.includes("PRIVATE KEY")) {
      return problem("this is a private key", "give the public half, the file that ends in .pub");
    }
    const encoded = KEY_TYPE.exec(text)?.[1];
    if (encoded === undefined) {
      return problem("this is no SSH public key", "give a line such as `ssh-ed25519 AAAA… name`");
    }
    // Every key begins with the length of its type name, four bytes of which the first two are zero.
    if (encoded.startsWith("AAAA")) return undefined;
    return problem(
      "the data after the key type is no SSH public key",
      "copy the whole line of the .pub file",
    );
  },
};
