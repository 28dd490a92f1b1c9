/** What shadow's tools take from login.defs(5) and /etc/default/useradd when a new account says nothing. */

export interface IdRange {
  readonly first: number;
  readonly last: number;
}

export interface SubordinateRange extends IdRange {
  /** How many ids each user gets; 0 for none. */
  readonly count: number;
}

export interface AccountDefaults {
  readonly userIds: IdRange;
  readonly systemUserIds: IdRange;
  readonly groupIds: IdRange;
  readonly systemGroupIds: IdRange;
  readonly subordinateUsers: SubordinateRange;
  readonly subordinateGroups: SubordinateRange;
  /** Whether a user gets a group of the same name. */
  readonly userGroups: boolean;
  /** Otherwise the primary group, by name or number. */
  readonly group: string;
  readonly homeBase: string;
  readonly homeMode: number;
  readonly shell: string;
  /** Where the files of a new home directory come from. */
  readonly skeleton: string;
  readonly passwordMinimumDays: number | undefined;
  readonly passwordMaximumDays: number | undefined;
  readonly passwordWarningDays: number | undefined;
  readonly passwordInactiveDays: number | undefined;
}

/** Reads the two files; a key that is absent or makes no sense has the tools' own default. */
export const accountDefaults = (loginDefs: string, useraddDefaults: string): AccountDefaults => {
  const defs = settings(loginDefs, /^\s*([A-Z_]+)\s+"?([^"\s]*)"?/);
  const useradd = settings(useraddDefaults, /^([A-Z_]+)=\s*"?([^"]*?)"?\s*$/);
  const number = (key: string, otherwise: number): number =>
    parseNumber(defs.get(key)) ?? otherwise;
  const range = (prefix: string, first: number, last: number): IdRange => ({
    first: number(`${prefix}_MIN`, first),
    last: number(`${prefix}_MAX`, last),
  });
  const userIds = range("UID", 1000, 60_000);
  const groupIds = range("GID", 1000, 60_000);
  const text = (key: string, otherwise: string): string => {
    const value = useradd.get(key);
    return value === undefined || value === "" ? otherwise : value;
  };
  return {
    userIds,
    systemUserIds: range("SYS_UID", 101, userIds.first - 1),
    groupIds,
    systemGroupIds: range("SYS_GID", 101, groupIds.first - 1),
    subordinateUsers: {
      ...range("SUB_UID", 100_000, 600_100_000),
      count: number("SUB_UID_COUNT", 65_536),
    },
    subordinateGroups: {
      ...range("SUB_GID", 100_000, 600_100_000),
      count: number("SUB_GID_COUNT", 65_536),
    },
    userGroups: defs.get("USERGROUPS_ENAB")?.toLowerCase() === "yes",
    group: text("GROUP", "100"),
    homeBase: text("HOME", "/home"),
    homeMode: number("HOME_MODE", 0o777 & ~number("UMASK", 0o022)) & 0o7777,
    shell: useradd.get("SHELL") ?? "/bin/bash",
    skeleton: text("SKEL", "/etc/skel"),
    passwordMinimumDays: parseNumber(defs.get("PASS_MIN_DAYS")),
    passwordMaximumDays: parseNumber(defs.get("PASS_MAX_DAYS")),
    passwordWarningDays: parseNumber(defs.get("PASS_WARN_AGE")),
    passwordInactiveDays: parseNumber(useradd.get("INACTIVE")),
  };
};

const settings = (text: string, shape: RegExp): ReadonlyMap<string, string> =>
  new Map(
    text.split("\n").flatMap((line) => {
      const [, key, value] = shape.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );

/** As strtol(3) with base 0 reads it: octal after a zero, hexadecimal after 0x. */
const parseNumber = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^(?:0x[0-9A-Fa-f]{1,8}|0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : undefined;
};
