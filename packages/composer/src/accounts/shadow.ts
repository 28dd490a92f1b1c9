/** shadow(5): passwords of users and how they age. Numbers are days; undefined is an empty field. */
import {
  duplicateNames,
  formatLines,
  isAccountName,
  type Parsed,
  parseCount,
  parseLines,
} from "./lines.ts";

export interface ShadowEntry {
  readonly name: string;
  readonly password: string;
  readonly lastChange: number | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly warning: number | undefined;
  readonly inactive: number | undefined;
  readonly expire: number | undefined;
  readonly flag: string;
}

export const parseShadow = (text: string, file = "/etc/shadow"): Parsed<ShadowEntry> => {
  const { entries, problems } = parseLines(file, text, 9, ({ fields, say }) => {
    const [name = "", password = "", ...rest] = fields;
    if (!isAccountName(name)) return void say(`${JSON.stringify(name)} is no user name`);
    const days: (number | undefined)[] = [];
    for (const field of rest.slice(0, 6)) {
      const number = field === "" ? undefined : parseCount(field);
      if (field !== "" && number === undefined) {
        return void say(`${JSON.stringify(field)} is no number of days`);
      }
      days.push(number);
    }
    const [lastChange, minimum, maximum, warning, inactive, expire] = days;
    const flag = rest[6] ?? "";
    return { name, password, lastChange, minimum, maximum, warning, inactive, expire, flag };
  });
  return { entries, problems: [...problems, ...duplicateNames(file, entries)] };
};

export const formatShadow = (entries: readonly ShadowEntry[]): string =>
  formatLines(
    entries.map((entry) =>
      [
        entry.name,
        entry.password,
        ...[entry.lastChange, entry.minimum, entry.maximum].map(days),
        ...[entry.warning, entry.inactive, entry.expire].map(days),
        entry.flag,
      ].join(":"),
    ),
  );

const days = (number: number | undefined): string => (number === undefined ? "" : String(number));

/** An entry that says nothing about ageing: with an empty last change, ageing is off. */
export const plainShadow = (name: string, password: string): ShadowEntry => ({
  name,
  password,
  lastChange: undefined,
  minimum: undefined,
  maximum: undefined,
  warning: undefined,
  inactive: undefined,
  expire: undefined,
  flag: "",
});
