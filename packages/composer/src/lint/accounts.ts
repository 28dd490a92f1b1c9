import type { ReadContent } from "./tree-entry.ts";

/** One line of passwd(5). */
export interface User {
  readonly name: string;
  readonly password: string;
  readonly uid: number;
  readonly gid: number;
}

/** One line of group(5). */
export interface Group {
  readonly name: string;
  readonly gid: number;
}

/** One line of shadow(5) or gshadow(5). */
export interface Secret {
  readonly name: string;
  readonly password: string;
}

/** The accounts of a tree. Lines that are malformed are left out, as the C library leaves them out. */
export interface Accounts {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly shadow: readonly Secret[];
}

export const readAccounts = (read: ReadContent): Accounts => ({
  users: records(read("/etc/passwd")).flatMap(([name = "", password = "", uid, gid]) => {
    const ids = [toId(uid), toId(gid)] as const;
    return ids[0] === undefined || ids[1] === undefined
      ? []
      : [{ name, password, uid: ids[0], gid: ids[1] }];
  }),
  groups: records(read("/etc/group")).flatMap(([name = "", , id]) => {
    const gid = toId(id);
    return gid === undefined ? [] : [{ name, gid }];
  }),
  shadow: parseSecrets(read("/etc/shadow")),
});

/** The names and password fields of a file like shadow(5). */
export const parseSecrets = (content: Uint8Array | undefined): readonly Secret[] =>
  records(content).map(([name = "", password = ""]) => ({ name, password }));

const records = (content: Uint8Array | undefined): readonly (readonly string[])[] =>
  new TextDecoder()
    .decode(content)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(":"));

const toId = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
