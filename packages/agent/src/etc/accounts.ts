/** Merging the account databases: an account is its records in all of them, and no id has two names by accident. */
import {
  DATABASE_NAMES,
  type DatabaseName,
  fieldOf,
  formatRecords,
  isNamed,
  isSameRecord,
  type Lines,
  mergeRecord,
  parseRecords,
  type Records,
} from "./records.ts";
import { overlappingRanges } from "./subordinate-ranges.ts";
import type { Versions } from "./three-way.ts";

/** Texts of the databases, one character a byte. A file that is missing, or is not to be merged, is left out. */
export type AccountTexts = Readonly<Partial<Record<DatabaseName, string>>>;

export interface AccountConflict {
  readonly database: DatabaseName;
  readonly account: string;
  readonly detail: string;
}

export interface MergedAccounts {
  readonly texts: AccountTexts;
  readonly conflicts: readonly AccountConflict[];
}

type Databases = Readonly<Record<DatabaseName, Records>>;
type Draft = Record<DatabaseName, Map<string, Lines>>;
type Say = (database: DatabaseName, account: string, detail: string) => void;

/** Databases that describe the same account or group. */
const COMPANIONS: readonly (readonly [DatabaseName, DatabaseName])[] = [
  ["passwd", "shadow"],
  ["group", "gshadow"],
];
/** The field that holds the id. */
const ID_FIELD = 2;
/** The primary group in passwd. */
const GROUP_FIELD = 3;

/** Merges the databases that the node and the new image both have. */
export const mergeAccounts = (texts: Versions<AccountTexts>): MergedAccounts => {
  const versions: Versions<Databases> = {
    old: parse(texts.old),
    node: parse(texts.node),
    image: parse(texts.image),
  };
  const conflicts: AccountConflict[] = [];
  const say: Say = (database, account, detail) => {
    conflicts.push({ database, account, detail });
  };
  const draft = draftOf(versions, texts, say);
  keepChangedAccounts(versions, draft, say);
  leaveOutTaken(versions, draft, say);
  keepPrimaryGroups(versions, draft);
  reportSharedIds(versions, draft, say);
  return { texts: format(draft, versions, texts), conflicts };
};

const parse = (texts: AccountTexts): Databases => ({
  passwd: parseRecords(texts.passwd ?? ""),
  shadow: parseRecords(texts.shadow ?? ""),
  group: parseRecords(texts.group ?? ""),
  gshadow: parseRecords(texts.gshadow ?? ""),
  subuid: parseRecords(texts.subuid ?? ""),
  subgid: parseRecords(texts.subgid ?? ""),
});

const draftOf = (versions: Versions<Databases>, texts: Versions<AccountTexts>, say: Say): Draft => {
  const draft: Draft = {
    passwd: new Map(),
    shadow: new Map(),
    group: new Map(),
    gshadow: new Map(),
    subuid: new Map(),
    subgid: new Map(),
  };
  for (const database of DATABASE_NAMES) {
    const [old, node, image] = [
      versions.old[database],
      versions.node[database],
      versions.image[database],
    ];
    // Where the image did not touch the file, its order is the node's own affair.
    const [first, second] =
      texts.old[database] === texts.image[database] ? [node, image] : [image, node];
    for (const key of new Set([...first.keys(), ...second.keys(), ...old.keys()])) {
      const { lines, conflict } = mergeRecord(database, {
        old: old.get(key),
        node: node.get(key),
        image: image.get(key),
      });
      if (lines !== undefined) draft[database].set(key, lines);
      if (conflict !== undefined && isNamed(key)) say(database, key, conflict);
    }
  }
  return draft;
};

/** An account that the new image drops stays whole when the node changed any part of it, a password for instance. */
const keepChangedAccounts = (versions: Versions<Databases>, draft: Draft, say: Say): void => {
  for (const [main, companion] of COMPANIONS) {
    for (const [name, mine] of versions.node[main]) {
      const isDropped = versions.old[main].has(name) && !versions.image[main].has(name);
      if (!isDropped || !isNamed(name)) continue;
      const hidden = versions.node[companion].get(name);
      const isChanged =
        !isSameRecord(mine, versions.old[main].get(name)) ||
        !isSameRecord(hidden, versions.old[companion].get(name));
      if (!isChanged) continue;
      if (!draft[main].has(name))
        say(
          main,
          name,
          `its ${companion} record was changed here, and the new image has no such account; stays`,
        );
      draft[main].set(name, mine);
      if (hidden !== undefined) draft[companion].set(name, hidden);
    }
  }
};

/** New accounts of the image whose id the node has given to somebody else are left out, and so is what belongs to them. */
const leaveOutTaken = (versions: Versions<Databases>, draft: Draft, say: Say): void => {
  const isNew = (database: DatabaseName, name: string): boolean =>
    isNamed(name) && !versions.old[database].has(name) && !versions.node[database].has(name);
  const holder = (database: DatabaseName, id: string | undefined): string | undefined =>
    [...draft[database]].find(
      ([other, lines]) =>
        isNamed(other) &&
        fieldOf(lines, ID_FIELD) === id &&
        fieldOf(versions.image[database].get(other), ID_FIELD) !== id,
    )?.[0];
  const groupsLeftOut = new Set<string | undefined>();
  for (const [name, lines] of versions.image.group) {
    const gid = fieldOf(lines, ID_FIELD);
    const taken = isNew("group", name) ? holder("group", gid) : undefined;
    if (taken === undefined) continue;
    groupsLeftOut.add(gid);
    draft.group.delete(name);
    draft.gshadow.delete(name);
    say("group", name, `new in the image with gid ${gid}, which is ${taken}'s here; left out`);
  }
  for (const [name, lines] of versions.image.passwd) {
    if (!isNew("passwd", name)) continue;
    const [uid, gid] = [fieldOf(lines, ID_FIELD), fieldOf(lines, GROUP_FIELD)];
    const taken = holder("passwd", uid);
    if (taken === undefined && !groupsLeftOut.has(gid)) continue;
    const fact =
      taken === undefined
        ? `group ${gid}, which is another's here`
        : `uid ${uid}, which is ${taken}'s here`;
    for (const database of ["passwd", "shadow", "subuid", "subgid"] as const) {
      if (!versions.node[database].has(name)) draft[database].delete(name);
    }
    say("passwd", name, `new in the image with ${fact}; left out`);
  }
  for (const database of ["subuid", "subgid"] as const) {
    const image = versions.image[database];
    const foreign = new Map(
      [...draft[database]].filter(([name, lines]) => !isSameRecord(lines, image.get(name))),
    );
    for (const [name, lines] of image) {
      if (!isNew(database, name) || !draft[database].has(name)) continue;
      const other = overlappingRanges(lines, name, foreign);
      if (other === undefined) continue;
      draft[database].delete(name);
      say(database, name, `new in the image with ids that are ${other}'s here; left out`);
    }
  }
};

/** What the node keeps of accounts needs the groups it had. */
const keepPrimaryGroups = (versions: Versions<Databases>, draft: Draft): void => {
  const gids = new Set([...draft.group.values()].map((lines) => fieldOf(lines, ID_FIELD)));
  for (const [name, lines] of draft.passwd) {
    const gid = fieldOf(lines, GROUP_FIELD);
    if (!isNamed(name) || versions.image.passwd.has(name) || gids.has(gid)) continue;
    const group = [...versions.node.group].find(([, one]) => fieldOf(one, ID_FIELD) === gid);
    if (group === undefined) continue;
    draft.group.set(...group);
    const hidden = versions.node.gshadow.get(group[0]);
    if (hidden !== undefined) draft.gshadow.set(group[0], hidden);
    gids.add(gid);
  }
};

/** Two names with one id that neither side alone had: nothing is guessed, but nothing is silent either. */
const reportSharedIds = (versions: Versions<Databases>, draft: Draft, say: Say): void => {
  for (const database of ["passwd", "group"] as const) {
    const names = new Map<string, string[]>();
    for (const [name, lines] of draft[database]) {
      const id = fieldOf(lines, ID_FIELD);
      if (isNamed(name) && id !== undefined) names.set(id, [...(names.get(id) ?? []), name]);
    }
    for (const [id, sharing] of names) {
      const isOf = (one: Databases): boolean =>
        sharing.every((name) => fieldOf(one[database].get(name), ID_FIELD) === id);
      if (sharing.length < 2 || isOf(versions.node) || isOf(versions.image)) continue;
      say(database, sharing.join(", "), `share the id ${id}: change one of them`);
    }
  }
};

/** A side's own bytes where its records are the result, so that nothing changes for form's sake. */
const format = (
  draft: Draft,
  versions: Versions<Databases>,
  texts: Versions<AccountTexts>,
): AccountTexts => {
  const merged: Partial<Record<DatabaseName, string>> = {};
  for (const database of DATABASE_NAMES) {
    const [mine, theirs] = [texts.node[database], texts.image[database]];
    if (mine === undefined || theirs === undefined) continue;
    const text = formatRecords(draft[database]);
    const isMine = text === formatRecords(versions.node[database]);
    const isTheirs = text === formatRecords(versions.image[database]);
    if (isMine && (!isTheirs || texts.old[database] === theirs)) merged[database] = mine;
    else merged[database] = isTheirs ? theirs : text;
  }
  return merged;
};
