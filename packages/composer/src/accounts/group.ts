/** group(5): which group has which id and members. */
import {
  duplicateNames,
  formatLines,
  isAccountName,
  type Parsed,
  parseId,
  parseLines,
  parseNames,
} from "./lines.ts";

export interface GroupEntry {
  readonly name: string;
  /** `x` when the password is in gshadow. */
  readonly password: string;
  readonly gid: number;
  readonly members: readonly string[];
}

export const parseGroup = (text: string, file = "/etc/group"): Parsed<GroupEntry> => {
  const { entries, problems } = parseLines(file, text, 4, ({ fields, say }) => {
    const [name = "", password = "", gidText = "", memberText = ""] = fields;
    const gid = parseId(gidText);
    const members = parseNames(memberText);
    if (!isAccountName(name)) return void say(`${JSON.stringify(name)} is no group name`);
    if (gid === undefined) return void say(`${JSON.stringify(gidText)} is no group id`);
    const odd = members.find((member) => !isAccountName(member));
    if (odd !== undefined) return void say(`member ${JSON.stringify(odd)} is no user name`);
    return { name, password, gid, members };
  });
  return { entries, problems: [...problems, ...duplicateNames(file, entries)] };
};

export const formatGroup = (entries: readonly GroupEntry[]): string =>
  formatLines(
    entries.map(({ name, password, gid, members }) =>
      [name, password, gid, members.join(",")].join(":"),
    ),
  );
