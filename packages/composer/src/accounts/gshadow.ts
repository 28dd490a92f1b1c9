/** gshadow(5): passwords, administrators and members of groups. */
import {
  duplicateNames,
  formatLines,
  isAccountName,
  type Parsed,
  parseLines,
  parseNames,
} from "./lines.ts";

export interface GroupShadowEntry {
  readonly name: string;
  readonly password: string;
  readonly administrators: readonly string[];
  readonly members: readonly string[];
}

export const parseGshadow = (text: string, file = "/etc/gshadow"): Parsed<GroupShadowEntry> => {
  const { entries, problems } = parseLines(file, text, 4, ({ fields, say }) => {
    const [name = "", password = "", administratorText = "", memberText = ""] = fields;
    const administrators = parseNames(administratorText);
    const members = parseNames(memberText);
    if (!isAccountName(name)) return void say(`${JSON.stringify(name)} is no group name`);
    const odd = [...administrators, ...members].find((member) => !isAccountName(member));
    if (odd !== undefined) return void say(`member ${JSON.stringify(odd)} is no user name`);
    return { name, password, administrators, members };
  });
  // Distributions have shipped the same line twice; the tools take the first and so do we.
  const isCopy = (first: GroupShadowEntry, second: GroupShadowEntry): boolean =>
    formatGshadow([first]) === formatGshadow([second]);
  return { entries, problems: [...problems, ...duplicateNames(file, entries, isCopy)] };
};

export const formatGshadow = (entries: readonly GroupShadowEntry[]): string =>
  formatLines(
    entries.map(({ name, password, administrators, members }) =>
      [name, password, administrators.join(","), members.join(",")].join(":"),
    ),
  );
