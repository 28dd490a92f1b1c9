/** passwd(5): who has which id, home and shell. */
import {
  duplicateNames,
  formatLines,
  isAccountName,
  type Parsed,
  parseId,
  parseLines,
} from "./lines.ts";

export interface PasswdEntry {
  readonly name: string;
  /** `x` when the password is in shadow. */
  readonly password: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

export const parsePasswd = (text: string, file = "/etc/passwd"): Parsed<PasswdEntry> => {
  const { entries, problems } = parseLines(file, text, 7, ({ fields, say }) => {
    const [
      name = "",
      password = "",
      uidText = "",
      gidText = "",
      gecos = "",
      home = "",
      shell = "",
    ] = fields;
    const uid = parseId(uidText);
    const gid = parseId(gidText);
    if (!isAccountName(name)) return void say(`${JSON.stringify(name)} is no user name`);
    if (uid === undefined) return void say(`${JSON.stringify(uidText)} is no user id`);
    if (gid === undefined) return void say(`${JSON.stringify(gidText)} is no group id`);
    if (home !== "" && !home.startsWith("/")) {
      return void say(`home directory ${JSON.stringify(home)} is not absolute`);
    }
    return { name, password, uid, gid, gecos, home, shell };
  });
  return { entries, problems: [...problems, ...duplicateNames(file, entries)] };
};

export const formatPasswd = (entries: readonly PasswdEntry[]): string =>
  formatLines(
    entries.map(({ name, password, uid, gid, gecos, home, shell }) =>
      [name, password, uid, gid, gecos, home, shell].join(":"),
    ),
  );
