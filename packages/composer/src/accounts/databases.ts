/** The four account databases of a tree, as one value. */
import { formatGroup, type GroupEntry, parseGroup } from "./group.ts";
import { formatGshadow, type GroupShadowEntry, parseGshadow } from "./gshadow.ts";
import type { AccountProblem } from "./lines.ts";
import { formatPasswd, parsePasswd, type PasswdEntry } from "./passwd.ts";
import { formatShadow, parseShadow, type ShadowEntry } from "./shadow.ts";

/** Entries in the order of the files; undefined where the tree has no such file. */
export interface Databases {
  readonly passwd: readonly PasswdEntry[];
  readonly group: readonly GroupEntry[];
  readonly shadow: readonly ShadowEntry[] | undefined;
  readonly gshadow: readonly GroupShadowEntry[] | undefined;
}

/** The files' texts, named after their files in `/etc`. */
export interface DatabaseTexts {
  readonly passwd?: string | undefined;
  readonly group?: string | undefined;
  readonly shadow?: string | undefined;
  readonly gshadow?: string | undefined;
}

export const DATABASE_NAMES = ["passwd", "group", "shadow", "gshadow"] as const;

/** Reads the four files. Entries of lines that are wrong are missing, so use them only when there is no problem. */
export const parseDatabases = (
  texts: DatabaseTexts,
): { readonly databases: Databases; readonly problems: readonly AccountProblem[] } => {
  const passwd = parsePasswd(texts.passwd ?? "");
  const group = parseGroup(texts.group ?? "");
  const shadow = texts.shadow === undefined ? undefined : parseShadow(texts.shadow);
  const gshadow = texts.gshadow === undefined ? undefined : parseGshadow(texts.gshadow);
  return {
    databases: {
      passwd: passwd.entries,
      group: group.entries,
      shadow: shadow?.entries,
      gshadow: gshadow?.entries,
    },
    problems: [passwd, group, shadow, gshadow].flatMap((parsed) => parsed?.problems ?? []),
  };
};

/** The texts of the files that there are. */
export const formatDatabases = (databases: Databases): DatabaseTexts => ({
  passwd: formatPasswd(databases.passwd),
  group: formatGroup(databases.group),
  shadow: databases.shadow === undefined ? undefined : formatShadow(databases.shadow),
  gshadow: databases.gshadow === undefined ? undefined : formatGshadow(databases.gshadow),
});
