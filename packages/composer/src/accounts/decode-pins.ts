/** Pins as they come out of a lock file. */
import { isAccountName, isFieldText, MAX_ID } from "./lines.ts";
import { type Accounts, type AccountGroup, type AccountUser, sortedAccounts } from "./pins.ts";

/** Pins, or the first value that is not as it must be: `where` is its path. */
export type DecodedPins =
  | { readonly ok: true; readonly pins: Accounts }
  | { readonly ok: false; readonly where: string; readonly message: string };

/** Reads `{users, groups}` as JSON gave it. */
export const decodePins = (value: unknown): DecodedPins => {
  const problem: { where: string; message: string }[] = [];
  const refuse = (where: string, message: string): undefined => {
    problem.push({ where, message });
    return undefined;
  };

  const id = (from: Fields, key: string, where: string): number | undefined => {
    const number = from.get(key);
    return typeof number === "number" &&
      Number.isSafeInteger(number) &&
      number >= 0 &&
      number <= MAX_ID
      ? number
      : refuse(`${where}.${key}`, "must be an id from 0 to 4294967294");
  };
  const text = (from: Fields, key: string, where: string): string | undefined => {
    const found = from.get(key);
    return typeof found === "string" && isFieldText(found)
      ? found
      : refuse(`${where}.${key}`, "must be a text without colons and control characters");
  };
  const mark = (from: Fields, key: string, where: string): boolean => {
    const found = from.get(key);
    if (found !== undefined && found !== true) refuse(`${where}.${key}`, "must be true or absent");
    return found === true;
  };

  const user = (from: Fields, where: string): AccountUser | undefined => {
    const [uid, gid] = [id(from, "uid", where), id(from, "gid", where)];
    const [gecos, home, shell] = [
      text(from, "gecos", where),
      text(from, "home", where),
      text(from, "shell", where),
    ];
    const [expired, config] = [mark(from, "expired", where), mark(from, "config", where)];
    if (uid === undefined || gid === undefined) return undefined;
    if (gecos === undefined || home === undefined || shell === undefined) return undefined;
    return {
      ...{ uid, gid, gecos, home, shell },
      ...(expired ? { expired } : {}),
      ...(config ? { config } : {}),
    };
  };
  const group = (from: Fields, where: string): AccountGroup | undefined => {
    const gid = id(from, "gid", where);
    const listed: unknown = from.get("members");
    const given: readonly unknown[] | undefined = Array.isArray(listed) ? listed : undefined;
    const members = given?.filter((member) => typeof member === "string" && isAccountName(member));
    const config = mark(from, "config", where);
    if (members === undefined || members.length !== given?.length) {
      return refuse(`${where}.members`, "must be a list of user names");
    }
    if (gid === undefined) return undefined;
    return { gid, members: members.map(String), ...(config ? { config } : {}) };
  };
  const record = <T>(
    from: Fields,
    key: string,
    read: (fields: Fields, where: string) => T | undefined,
  ): Readonly<Record<string, T>> => {
    const entries = fieldsOf(from.get(key));
    if (entries === undefined) return refuse(key, "must be an object") ?? {};
    return Object.fromEntries(
      [...entries].flatMap(([name, entry]) => {
        const where = `${key}.${name}`;
        const fields = fieldsOf(entry);
        if (!isAccountName(name)) refuse(where, "is no account name");
        const account =
          fields === undefined ? refuse(where, "must be an object") : read(fields, where);
        return account === undefined ? [] : [[name, account] as const];
      }),
    );
  };

  const root = fieldsOf(value);
  if (root === undefined) return { ok: false, where: "accounts", message: "must be an object" };
  const pins = { users: record(root, "users", user), groups: record(root, "groups", group) };
  const [first] = problem;
  return first === undefined ? { ok: true, pins: sortedAccounts(pins) } : { ok: false, ...first };
};

type Fields = ReadonlyMap<string, unknown>;

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : undefined;
