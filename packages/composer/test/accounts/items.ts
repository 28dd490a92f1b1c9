import type { Group, Range, User } from "@slipway/ignition-config";
import * as fc from "fast-check";
import { accountDefaults } from "../../src/accounts/account-defaults.ts";
import type { AccountState, Edited } from "../../src/accounts/account-state.ts";
import {
  type Databases,
  type DatabaseTexts,
  formatDatabases,
  parseDatabases,
} from "../../src/accounts/databases.ts";
import { MAX_ID } from "../../src/accounts/lines.ts";

export const NOWHERE: Range = {
  file: "image.yaml",
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1, offset: 0 },
};

export const aUser = (fields: Partial<User> & Pick<User, "name">): User => ({
  groups: [],
  sshAuthorizedKeys: [],
  origin: NOWHERE,
  ...fields,
});

export const aGroup = (fields: Partial<Group> & Pick<Group, "name">): Group => ({
  origin: NOWHERE,
  ...fields,
});

/** As Debian's login.defs has them. */
export const DEBIAN = accountDefaults(
  [
    "UID_MIN 1000",
    "UID_MAX 60000",
    "GID_MIN 1000",
    "GID_MAX 60000",
    "PASS_MAX_DAYS 99999",
    "PASS_MIN_DAYS 0",
    "PASS_WARN_AGE 7",
    "HOME_MODE 0700",
    "USERGROUPS_ENAB yes",
  ].join("\n"),
  "SHELL=/bin/sh\n",
);

export const SMALL: Required<DatabaseTexts> = {
  passwd: "root:x:0:0:root:/root:/bin/bash\nsshd:x:989:65534::/run/sshd:/usr/sbin/nologin\n",
  group: "root:x:0:\nadm:x:4:\nusers:x:100:\nsystemd-journal:x:999:\nnogroup:x:65534:\n",
  shadow: "root:*:::::::\nsshd:!*:::::::\n",
  gshadow: "root:!*::\nadm:!*::\nusers:!*::\nsystemd-journal:!*::\nnogroup:!*::\n",
};

export const stateOf = (texts: DatabaseTexts): AccountState => {
  const { databases, problems } = parseDatabases(texts);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return { databases, subordinateUsers: [], subordinateGroups: [] };
};

/** The lines that an edit added to the files, or its refusal. */
export const added = (before: DatabaseTexts, result: Edited): Record<string, string> | string => {
  if (!result.ok) return result.message;
  const after = formatDatabases(result.state.databases);
  return Object.fromEntries(
    (["passwd", "group", "shadow", "gshadow"] as const).flatMap((name) => {
      const old = new Set(before[name]?.split("\n"));
      const lines = after[name]?.split("\n").filter((line) => !old.has(line)) ?? [];
      return lines.length === 0 ? [] : [[name, lines.join("\n")]];
    }),
  );
};

/** The message of an edit that was refused. */
export const refusal = (result: Record<string, string> | string): string => {
  if (typeof result !== "string") throw new Error(`not refused: ${JSON.stringify(result)}`);
  return result;
};

/** fast-check's records have no prototype, which deepEqual minds. */
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });

const name = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,12}\$?$/);
const id = fc.integer({ min: 0, max: MAX_ID });
const field = fc.stringMatching(/^[ -9;-~é]{0,12}$/);
const days = fc.option(fc.nat({ max: 99_999 }), { nil: undefined });
const unique = <T extends { readonly name: string }>(entry: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.uniqueArray(entry, { selector: (one) => one.name, maxLength: 6 });

/** Any databases that their files can hold. */
export const anyDatabases: fc.Arbitrary<Databases> = plain({
  passwd: unique(
    plain({
      ...{ name, password: field, uid: id, gid: id, gecos: field },
      ...{ home: fc.constantFrom("/", "/home/a", ""), shell: fc.constantFrom("/bin/sh", "") },
    }),
  ),
  group: unique(
    plain({ name, password: field, gid: id, members: fc.array(name, { maxLength: 3 }) }),
  ),
  shadow: fc.option(
    unique(
      plain({
        ...{ name, password: field, lastChange: days, minimum: days, maximum: days },
        ...{ warning: days, inactive: days, expire: days, flag: fc.constant("") },
      }),
    ),
    { nil: undefined },
  ),
  gshadow: fc.option(
    unique(
      plain({
        ...{ name, password: field },
        ...{
          administrators: fc.array(name, { maxLength: 2 }),
          members: fc.array(name, { maxLength: 3 }),
        },
      }),
    ),
    { nil: undefined },
  ),
});
