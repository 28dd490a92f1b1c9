/** Accounts as baking makes them, against what shadow's own tools make of the same databases. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import * as fc from "fast-check";
import type { Group, User } from "@slipway/ignition-config";
import { before, describe, it } from "mocha";
import { ACCOUNTS, aUser, aWorkbench, lineOf, told, type Workbench } from "../support/baking.ts";
import { seedOfRun } from "../support/drawn-numbers.ts";
import { requireTools } from "../support/require-tools.ts";

const DEBIAN = `
UID_MIN 1000
UID_MAX 60000
GID_MIN 1000
GID_MAX 60000
PASS_MAX_DAYS 99999
PASS_MIN_DAYS 0
PASS_WARN_AGE 7
HOME_MODE 0700
USERGROUPS_ENAB yes
`;

const file = (path: string, contents = "", mode = 0o644) =>
  ({ path, type: "file", mode, contents }) as const;

const START = [
  ...ACCOUNTS,
  file(
    "/etc/passwd",
    "root:x:0:0:root:/root:/bin/bash\nsshd:x:989:65534::/run/sshd:/usr/sbin/nologin\nold:x:1001:1001:Old:/home/old:/bin/sh\n",
  ),
  file(
    "/etc/group",
    "root:x:0:\nadm:x:4:\nsudo:x:27:old\nshadow:x:42:\nusers:x:100:\nsystemd-journal:x:999:\nold:x:1001:\nnogroup:x:65534:\n",
  ),
  file("/etc/shadow", "root:*:1::::::\nsshd:!*:1::::::\nold:H:1:0:99999:7:::\n", 0o640),
  file("/etc/gshadow", "root:*::\nadm:*::\nsudo:*::old\nold:!::\n", 0o640),
  file("/etc/login.defs", DEBIAN),
  file("/etc/default/useradd", "SHELL=/bin/sh\n"),
  file("/etc/subuid"),
  file("/etc/subgid"),
  file("/etc/skel/.profile", "profile"),
  { path: "/home/old", type: "dir", mode: 0o700, uid: 1001, gid: 1001 },
  { ...file("/home/old/mine"), uid: 1001, gid: 1001 },
] as const;

type Item = { readonly user: User } | { readonly group: Group };

const user = (name: string, more: Partial<User> = {}): Item => ({ user: aUser(name, more) });
const group = (name: string, more: Partial<Group> = {}): Item => ({
  group: { name, origin: lineOf(1), ...more },
});

/** The commands that Ignition runs for an item (its passwd stage). */
const commandOf = (
  root: string,
  item: Item,
  isThere: (name: string) => boolean,
): readonly string[] => {
  const option = (name: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name}`, String(value)];
  const at = ["--root", root];
  if ("group" in item) {
    const { name, gid, passwordHash, shouldExist, system } = item.group;
    if (shouldExist === false) return ["groupdel", ...at, name];
    const common = [...at, ...option("gid", gid), ...option("password", passwordHash)];
    if (isThere(name)) return ["groupmod", ...common, name];
    return ["groupadd", ...common, ...(system === true ? ["--system"] : []), name];
  }
  const { name, uid, gecos, homeDir, primaryGroup, groups, shell, shouldExist } = item.user;
  if (shouldExist === false) return ["userdel", "--remove", ...at, name];
  const isNew = !isThere(name);
  return [
    isNew ? "useradd" : "usermod",
    ...at,
    ...(isNew
      ? [
          ...option("home-dir", homeDir),
          item.user.noCreateHome === true ? "--no-create-home" : "--create-home",
          ...(item.user.noUserGroup === true ? ["--no-user-group"] : []),
          ...(item.user.system === true ? ["--system"] : []),
        ]
      : homeDir === undefined
        ? []
        : ["--home", homeDir, "--move-home"]),
    ...option("password", item.user.passwordHash ?? (isNew ? "*" : undefined)),
    ...option("uid", uid),
    ...option("comment", gecos),
    ...option("gid", primaryGroup),
    ...(groups.length === 0 ? [] : ["--groups", groups.join(",")]),
    ...option("shell", shell),
    name,
  ];
};

const FILES = ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"] as const;

const pictureOf = (bench: Workbench): Readonly<Record<string, unknown>> => {
  const read = (name: string): string => readFileSync(join(bench.root, "etc", name), "utf8");
  const texts = FILES.map((name) => [
    name,
    read(name).replaceAll(/^([^:]*:[^:]*):\d{5}:/gm, "$1::"),
  ]);
  const homes = [...bench.see()]
    .filter(([path]) => /^\/(?:home|srv|var)/.test(path))
    .map(([path, { mode = 0, uid, gid }]) => `${path} ${mode.toString(8)} ${uid}:${gid}`);
  return { texts, homes };
};

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 1 });
const given = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, field]) => field !== undefined),
  ) as Partial<T>;

const anyId = fc.constantFrom(4, 27, 400, 989, 1000, 1001, 1002, 5000, 65_535);
const groupNames = fc.constantFrom("g", "old", "adm", "a");
const isGone = maybe(fc.constantFrom(true, true, true, false));
const anyGroup = fc
  .record({
    ...{ name: groupNames, gid: maybe(anyId), passwordHash: maybe(fc.constant("H")) },
    ...{ shouldExist: isGone, system: maybe(fc.boolean()) },
  })
  .map(({ name, ...more }) => group(name, given(more) as Partial<Group>));
const anyUser = fc
  .record({
    name: fc.constantFrom("a", "b", "old", "adm"),
    ...{ uid: maybe(anyId), gecos: maybe(fc.constantFrom("A. User", "")), shouldExist: isGone },
    homeDir: maybe(fc.constantFrom("/home/x", "/srv/app", "/home/old", "/var/lib/deep/er")),
    noCreateHome: maybe(fc.boolean()),
    noUserGroup: maybe(fc.boolean()),
    primaryGroup: maybe(fc.constantFrom("users", "100", "adm", "nobody-here", "27")),
    groups: maybe(fc.uniqueArray(fc.constantFrom("adm", "sudo", "users", "27"), { maxLength: 3 })),
    passwordHash: maybe(fc.constantFrom("$y$j9T$a$b", "*")),
    shell: maybe(fc.constantFrom("/bin/bash", "/bin/false")),
    system: maybe(fc.boolean()),
  })
  .map(({ name, ...more }) => user(name, given(more) as Partial<User>));
const anyItem = fc.oneof(anyGroup, { arbitrary: anyUser, weight: 2 });
const RUNS = Number(process.env["SLIPWAY_ACCOUNT_RUNS"] ?? 100);

const SEQUENCES: Readonly<Record<string, readonly Item[]>> = {
  "new groups": [
    group("g"),
    group("s", { system: true }),
    group("f", { gid: 4321, passwordHash: "H" }),
    group("h"),
  ],
  "changed groups": [
    group("adm", { gid: 44 }),
    group("old", { gid: 2000, passwordHash: "H" }),
    group("users"),
  ],
  "removed groups": [group("adm", { shouldExist: false })],
  "a group that is needed": [group("old", { shouldExist: false })],
  "a group id that is taken": [group("g", { gid: 4 })],
  "an ordinary user": [user("core", { passwordHash: "$y$j9T$a$b", groups: ["adm", "sudo"] })],
  "a system user": [user("app", { system: true, homeDir: "/srv/app", noCreateHome: true })],
  "users one after the other": [
    user("a"),
    user("b", { uid: 5000 }),
    user("c", { system: true }),
    user("d", { uid: 1000 }),
    user("e"),
    user("f", { system: true }),
  ],
  "users with groups of their own choice": [
    user("a", { primaryGroup: "users", gecos: "A. User", shell: "/bin/false" }),
    user("b", { noUserGroup: true }),
    user("c", { primaryGroup: "27", groups: ["100"] }),
  ],
  "a user whose number is a group's": [group("x", { gid: 1002 }), user("a"), user("b")],
  "a user whose name is a group's": [user("adm")],
  "a user in a group that is not": [user("a", { groups: ["wheel"] })],
  "a user id that is taken": [user("a", { uid: 989 })],
  "a changed user": [
    user("old", { gecos: "New", shell: "/bin/bash", passwordHash: "N", groups: ["adm"] }),
  ],
  "a moved user": [user("old", { homeDir: "/home/new" })],
  "a user with another id": [user("old", { uid: 3000 })],
  "a user with another primary group": [user("old", { primaryGroup: "users" })],
  "a removed user": [user("old", { shouldExist: false })],
  "a user removed between others": [
    user("a"),
    user("b"),
    user("a", { shouldExist: false }),
    user("c"),
  ],
};

describe("accounts, against shadow's tools", () => {
  requireTools("useradd", "usermod", "userdel", "groupadd", "groupmod", "groupdel");
  before("needs root", function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  for (const [what, items] of Object.entries(SEQUENCES)) {
    it(`are the same for ${what}`, () => compare(items));
  }

  it(`are the same for ${RUNS} generated sequences`, async function () {
    this.timeout("60m");
    await fc.assert(fc.asyncProperty(fc.array(anyItem, { minLength: 1, maxLength: 5 }), compare), {
      seed: seedOfRun(),
      numRuns: RUNS,
    });
  });
});

/** Item by item, since the tools and a config order groups and users differently; up to the first that is refused. */
const compare = async (items: readonly Item[]): Promise<void> => {
  using theirs = aWorkbench(START);
  using ours = aWorkbench(START);
  for (const item of items) {
    const isThere = (name: string): boolean =>
      readFileSync(join(theirs.root, "etc", "group" in item ? "group" : "passwd"), "utf8")
        .split("\n")
        .some((line) => line.startsWith(`${name}:`));
    const { name, shouldExist } = "group" in item ? item.group : item.user;
    // Ignition asks first, too.
    if (shouldExist === false && !isThere(name)) continue;
    const [program = "", ...options] = commandOf(theirs.root, item, isThere);
    const { status, stderr } = spawnSync(program, options, {
      encoding: "utf8",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    const report = await ours.bake(
      "group" in item ? { groups: [item.group] } : { users: [item.user] },
    );
    const what = `${program} ${options.join(" ")}\n${stderr} | ${told(report).join()}`;
    assert.equal(report.findings.length === 0, status === 0, what);
    if (status !== 0) return;
  }
  assert.deepEqual(pictureOf(ours), pictureOf(theirs));
};
