import { isWithin } from "../tree-path.ts";
import type { Rule } from "../rule.ts";
import { octal } from "../text.ts";

const SECRET_FILES: readonly string[] = [
  "/etc/shadow",
  "/etc/gshadow",
  "/etc/shadow-",
  "/etc/gshadow-",
];

export const shadowMode: Rule = {
  id: "shadow-mode",
  severity: "error",
  why: "whoever reads password hashes can guess passwords at leisure",
  start: (_policy, say) => ({
    finish: ({ index, accounts }) => {
      const shadow = accounts.groups.find(({ name }) => name === "shadow")?.gid ?? 0;
      for (const path of SECRET_FILES) {
        const entry = index.get(path);
        if (entry === undefined) {
          if (!path.endsWith("-")) {
            say(path, "does not exist", "let the package base-passwd's and passwd's scripts run");
          }
        } else if (entry.type !== "file") {
          say(path, `is a ${entry.type}, not a file`, "replace it by the file");
        } else if ((entry.mode & ~0o640) !== 0) {
          say(path, `has the mode ${octal(entry.mode)}`, `set the mode to 0640`);
        } else if (entry.uid !== 0 || (entry.gid !== 0 && entry.gid !== shadow)) {
          say(path, `belongs to ${entry.uid}:${entry.gid}`, "give it to root:shadow");
        }
      }
    },
  }),
};

export const rootDirectory: Rule = {
  id: "root-directory",
  severity: "error",
  why: "a root that others cannot enter stops every service that is not root",
  start: (_policy, say) => ({
    visit: ({ path, type, mode, uid, gid }) => {
      if (path !== "/") return;
      if (type !== "directory" || mode !== 0o755 || uid !== 0 || gid !== 0) {
        say(
          path,
          `is a ${type} of ${uid}:${gid} with the mode ${octal(mode)}`,
          "make it a directory of root:root with the mode 0755",
        );
      }
    },
  }),
};

export const setId: Rule = {
  id: "set-id",
  severity: "error",
  why: "a set-id program gives whoever runs it another's rights, so each must be meant; and one that lost its bits does not work",
  start: (policy, say) => {
    const declared = new Map(policy.setId.map((one) => [one.path, one]));
    return {
      visit: ({ path, type, mode }) => {
        if (type !== "file" || (mode & 0o6000) === 0 || declared.has(path)) return;
        say(
          path,
          `has the mode ${octal(mode)} and is not declared`,
          "declare it if it is meant, else clear the set-id bits",
        );
      },
      finish: ({ index, accounts }) => {
        for (const one of declared.values()) {
          const entry = index.get(one.path);
          if (entry?.type !== "file") {
            say(one.path, "is declared set-id and is not there", "remove the declaration");
            continue;
          }
          const user = accounts.users.find(({ uid }) => uid === entry.uid)?.name ?? `${entry.uid}`;
          const group =
            accounts.groups.find(({ gid }) => gid === entry.gid)?.name ?? `${entry.gid}`;
          const wanted = { user: one.user ?? user, group: one.group ?? group };
          if (entry.mode !== one.mode || user !== wanted.user || group !== wanted.group) {
            say(
              one.path,
              `is ${octal(entry.mode)} ${user}:${group}, declared as ${octal(one.mode)} ${wanted.user}:${wanted.group}`,
              "set owner and mode as declared after the packages are configured",
            );
          }
        }
      },
    };
  },
};

export const worldWritable: Rule = {
  id: "world-writable",
  severity: "error",
  why: "what everybody may write, any compromised service can change for all others",
  start: (_policy, say) => ({
    visit: ({ path, type, mode }) => {
      // Links have no mode, and special files have a rule of their own.
      if ((type !== "file" && type !== "directory") || (mode & 0o002) === 0) return;
      // With the sticky bit one may only remove what is one's own.
      if (type === "directory" && (mode & 0o1000) !== 0) return;
      say(
        path,
        `is a ${type} that everybody may write (${octal(mode)})`,
        type === "directory"
          ? "clear the bit for others, or set the sticky bit"
          : "clear the bit for others",
      );
    },
  }),
};

export const usrWritable: Rule = {
  id: "usr-writable",
  severity: "error",
  why: "programs and libraries belong to root alone: /usr is the image",
  start: (_policy, say) => ({
    visit: ({ path, type, mode, uid, gid }) => {
      if (type === "link" || !isWithin(path, "/usr")) return;
      // What a node's own /var begins as, homes among it: nobody is at home in the copy itself, which cannot be written.
      if (isWithin(path, "/usr/share/factory/var")) return;
      if (uid !== 0) say(path, `belongs to the user ${uid}`, "give it to root");
      else if ((mode & 0o020) !== 0 && gid !== 0) {
        say(path, `may be written by the group ${gid} (${octal(mode)})`, "clear the group's bit");
      }
    },
  }),
};

export const varProgram: Rule = {
  id: "var-program",
  severity: "error",
  why: "/var holds data: it is mounted without programs in mind and is never upgraded",
  start: (_policy, say) => ({
    visit: ({ path, type, mode }) => {
      if (type !== "file" || (mode & 0o6111) === 0) return;
      if (!isWithin(path, "/var") && !isWithin(path, "/usr/share/factory/var")) return;
      say(path, `may be executed (${octal(mode)})`, "move it below /usr, or clear the bits");
    },
  }),
};

export const unknownOwner: Rule = {
  id: "unknown-owner",
  severity: "error",
  why: "the next account that is made gets the free id, and with it the file",
  start: (_policy, say) => {
    const uids = new Map<number, string>();
    const gids = new Map<number, string>();
    return {
      visit: ({ path, uid, gid }) => {
        if (!uids.has(uid)) uids.set(uid, path);
        if (!gids.has(gid)) gids.set(gid, path);
      },
      finish: ({ accounts }) => {
        const users = new Set(accounts.users.map(({ uid }) => uid));
        const groups = new Set(accounts.groups.map(({ gid }) => gid));
        const hint = "pin the account in the lock, or give the file to one that exists";
        for (const [uid, path] of uids) {
          if (!users.has(uid)) {
            say(path, `belongs to the user ${uid}, which /etc/passwd does not have`, hint);
          }
        }
        for (const [gid, path] of gids) {
          if (!groups.has(gid)) {
            say(path, `belongs to the group ${gid}, which /etc/group does not have`, hint);
          }
        }
        for (const { name, gid } of accounts.users) {
          if (!groups.has(gid)) {
            say(
              "/etc/passwd",
              `gives ${name} the group ${gid}, which /etc/group does not have`,
              "add the group",
            );
          }
        }
      },
    };
  },
};
