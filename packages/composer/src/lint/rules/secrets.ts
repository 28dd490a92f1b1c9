import { parseSecrets } from "../accounts.ts";
import { exceptionFor } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { asLatin1, holds, someOf } from "../text.ts";
import { baseName } from "../tree-path.ts";

/** Followed by a line of its body: programs and documents that only speak of keys hold the first line alone. */
const PEM_KEY =
  /^-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----\r?\n(?:[A-Za-z-]+: .*\r?\n|\r?\n)*[A-Za-z0-9+/=]{16,}/m;

const KEY_TEXTS: readonly (readonly [string, string])[] = [
  ["PuTTY-User-Key-File-", "a PuTTY key"],
  ["AGE-SECRET-KEY-1", "an age key"],
];

/** Files that hold nothing but secrets, by what they are called. */
const SECRET_NAMES: ReadonlyMap<string, string> = new Map([
  [".netrc", "passwords for servers"],
  [".pgpass", "passwords for databases"],
  [".git-credentials", "passwords for repositories"],
  [".bash_history", "a record of commands"],
  [".python_history", "a record of commands"],
  ["krb5.keytab", "Kerberos keys"],
]);

const SECRET_PATHS: readonly (readonly [RegExp, string])[] = [
  [/^\/etc\/apt\/auth\.conf(?:\.d\/.+)?$/, "passwords for package archives"],
  [/\/\.aws\/credentials$/, "cloud keys"],
  [/\/(?:\.docker\/config|containers\/auth)\.json$/, "passwords for registries"],
  [/^\/var\/lib\/systemd\/(?:random-seed|credential\.secret)$/, "this build machine's randomness"],
];

/** These have a rule of their own. */
const HOST_KEY = /^\/etc\/(?:ssh\/ssh_host_|dropbear\/dropbear_)/;

export const secret: Rule = {
  id: "secret",
  severity: "error",
  why: "an image is public to everybody who can fetch it, and every node has the same one",
  start: (policy, say) => ({
    visit: ({ path, type, size, start }) => {
      if (type !== "file" || size === 0 || start === undefined || HOST_KEY.test(path)) return;
      const what = secretIn(path, start);
      if (what === undefined || exceptionFor(policy.secrets, path) !== undefined) return;
      say(path, `holds ${what}`, "give it to the node as a credential or at first boot");
    },
  }),
};

const secretIn = (path: string, start: Uint8Array): string | undefined =>
  SECRET_NAMES.get(baseName(path)) ??
  SECRET_PATHS.find(([pattern]) => pattern.test(path))?.[1] ??
  keyIn(start);

const keyIn = (start: Uint8Array): string | undefined => {
  const text = KEY_TEXTS.find(([sign]) => holds(start, sign));
  if (text !== undefined) return text[1];
  if (!holds(start, "PRIVATE KEY-----")) return undefined;
  const kind = PEM_KEY.exec(asLatin1(start))?.[1];
  return kind === undefined ? undefined : `a ${kind.toLowerCase()}`;
};

export const sshHostKey: Rule = {
  id: "ssh-host-key",
  severity: "error",
  why: "with one host key on all nodes, whoever has one node can pass for any other",
  start: (_policy, say) => ({
    visit: ({ path, type }) => {
      if (type !== "directory" && HOST_KEY.test(path)) {
        say(path, "is a host key", "remove it: the node makes its own at first boot");
      }
    },
  }),
};

const PASSWORD_FILES: readonly string[] = [
  "/etc/passwd",
  "/etc/shadow",
  "/etc/gshadow",
  "/etc/passwd-",
  "/etc/shadow-",
  "/etc/gshadow-",
];

/** crypt(5): a prefix such as `$y$`, or the 13 characters of the oldest kind; `*`, `!` and words are no hashes. */
const HASH = /^(?:\$[^:]+|_[./A-Za-z0-9]{19}|[./A-Za-z0-9]{13})$/;

export const password: Rule = {
  id: "password",
  severity: "error",
  why: "a password in the image is the same on all nodes, and its hash can be guessed by all who have the image",
  start: (policy, say) => {
    const meant = new Set(policy.passwordUsers);
    return {
      finish: ({ read, index }) => {
        for (const path of PASSWORD_FILES) {
          if (index.get(path)?.type !== "file") continue;
          const groups = path.includes("gshadow");
          for (const { name, password } of parseSecrets(read(path))) {
            if (password === "" && !groups) {
              say(path, `lets ${name} log in without a password`, `lock the account with "!*"`);
            } else if (HASH.test(password.replace(/^!+/, "")) && !meant.has(name)) {
              const locked = password.startsWith("!");
              say(
                path,
                `holds a password hash for ${name}${locked ? ", who is locked" : ""}`,
                `replace it by "!*", or set the password in the definition`,
                locked ? "warning" : "error",
              );
            }
          }
        }
      },
    };
  },
};

export const accountWithoutShadow: Rule = {
  id: "account-without-shadow",
  severity: "error",
  why: "a password set later for such an account is written to /etc/passwd, which everybody may read",
  start: (_policy, say) => ({
    finish: ({ accounts }) => {
      const shadowed = new Set(accounts.shadow.map(({ name }) => name));
      const without = accounts.users
        .filter(({ name, password }) => password !== "x" || !shadowed.has(name))
        .map(({ name }) => name);
      if (without.length > 0) {
        say(
          "/etc/passwd",
          `has accounts that /etc/shadow does not keep the password of: ${someOf(without)}`,
          'give them the password "x" here and a line with "*" or "!*" there',
        );
      }
      const users = new Set(accounts.users.map(({ name }) => name));
      const orphans = [...shadowed].filter((name) => !users.has(name));
      if (orphans.length > 0) {
        say(
          "/etc/shadow",
          `has accounts that /etc/passwd does not know: ${someOf(orphans)}`,
          "remove the lines",
          "warning",
        );
      }
    },
  }),
};
