/** The lines of an account database, by name. */

/** The databases that are merged record by record, named after their files in /etc. */
export const DATABASE_NAMES = ["passwd", "shadow", "group", "gshadow", "subuid", "subgid"] as const;
export type DatabaseName = (typeof DATABASE_NAMES)[number];

/** One name's line; in subuid and subgid, or in a file edited by hand, it may have several. */
export type Lines = readonly [string, ...string[]];

/** In the order of the file. */
export type Records = ReadonlyMap<string, Lines>;

/** What separates the fields; what a key of a line that is no record starts with. */
const [COLON, NO_RECORD] = [":", "\n"];

/** Comments, empty lines and lines of NIS are no account's: each is a record of its own, named by all of it. */
export const parseRecords = (text: string): Records => {
  const records = new Map<string, Lines>();
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    const name = line.slice(0, Math.max(0, line.indexOf(COLON)));
    const key = /^[A-Za-z0-9_]/.test(name) ? name : `${NO_RECORD}${line}`;
    const known = records.get(key);
    records.set(key, known === undefined ? [line] : [...known, line]);
  }
  return records;
};

export const formatRecords = (records: Records): string =>
  [...records.values()]
    .flat()
    .map((line) => `${line}\n`)
    .join("");

/** Whether a record is an account or a group, and not a comment. */
export const isNamed = (key: string): boolean => !key.startsWith(NO_RECORD);

export const isSameRecord = (a: Lines | undefined, b: Lines | undefined): boolean =>
  a?.join("\n") === b?.join("\n");

/** A field of a name's first line; undefined when the line is shorter. */
export const fieldOf = (lines: Lines | undefined, index: number): string | undefined =>
  lines?.[0].split(COLON)[index];

/** Fields that are lists of members, by database. */
const LISTS: Readonly<Partial<Record<DatabaseName, readonly number[]>>> = {
  group: [3],
  gshadow: [2, 3],
};

/** The date of the last change goes with the password, and says nothing by itself. */
const SILENT: Readonly<Partial<Record<DatabaseName, readonly number[]>>> = { shadow: [2] };

const FIELD_NAMES: Readonly<Record<DatabaseName, readonly string[]>> = {
  passwd: ["name", "password", "uid", "gid", "comment", "home", "shell"],
  shadow: [
    "name",
    "password",
    "date",
    "least age",
    "most age",
    "warning",
    "grace",
    "expiry",
    "flag",
  ],
  group: ["name", "password", "gid", "members"],
  gshadow: ["name", "password", "administrators", "members"],
  subuid: ["name", "first id", "count"],
  subgid: ["name", "first id", "count"],
};

export interface MergedRecord {
  readonly lines: Lines | undefined;
  /** What both sides changed, in words; the node's stays. */
  readonly conflict?: string;
}

/** The three-way rule for one name: by fields where all sides have one line of the same length. */
export const mergeRecord = (
  database: DatabaseName,
  {
    old,
    node,
    image,
  }: {
    readonly old: Lines | undefined;
    readonly node: Lines | undefined;
    readonly image: Lines | undefined;
  },
): MergedRecord => {
  if (isSameRecord(node, image) || isSameRecord(node, old)) return { lines: image };
  if (isSameRecord(image, old)) return { lines: node };
  if (node === undefined) {
    return { lines: undefined, conflict: "removed here, changed in the new image; stays removed" };
  }
  if (image === undefined) {
    return { lines: node, conflict: "changed here, removed in the new image; stays" };
  }
  const [mine, theirs] = [fields(node), fields(image)];
  const before = old === undefined ? [] : fields(old);
  if (mine === undefined || theirs === undefined || mine.length !== theirs.length) {
    return { lines: node, conflict: "changed here and in the new image; the node's stays" };
  }
  const clashes: string[] = [];
  const merged = mine.map((here, index) => {
    const [there, was] = [theirs[index] ?? "", before?.[index]];
    if (here === there || here === was) return there;
    if (there === was) return here;
    if (LISTS[database]?.includes(index) === true) return mergeList(was ?? "", here, there);
    if (SILENT[database]?.includes(index) !== true) {
      clashes.push(FIELD_NAMES[database][index] ?? `field ${index + 1}`);
    }
    return here;
  });
  const lines: Lines = [merged.join(COLON)];
  return clashes.length === 0
    ? { lines }
    : {
        lines,
        conflict: `${clashes.join(", ")}: changed here and in the new image; the node's stays`,
      };
};

const fields = (lines: Lines): readonly string[] | undefined =>
  lines.length === 1 ? lines[0].split(COLON) : undefined;

const members = (list: string): readonly string[] => list.split(",").filter((name) => name !== "");

/** Members that either side added are in, members that either side removed are out. */
const mergeList = (old: string, node: string, image: string): string => {
  const [before, here, there] = [members(old), members(node), members(image)];
  const stays = (name: string): boolean =>
    !before.includes(name) || (here.includes(name) && there.includes(name));
  return [...new Set([...there, ...here])].filter(stays).join(",");
};
