import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { canonicalDatabases, settledPackageAccounts } from "../../src/accounts/canonical.ts";
import { compareWithPins } from "../../src/accounts/compare-pins.ts";
import { parseDatabases } from "../../src/accounts/databases.ts";
import { decodePins } from "../../src/accounts/decode-pins.ts";
import {
  accountNamed,
  accountsOf,
  type Accounts,
  NO_ACCOUNTS,
  pinnedDatabases,
} from "../../src/accounts/pins.ts";
import { anyDatabases, SMALL, stateOf } from "./items.ts";

const small = accountsOf(stateOf(SMALL).databases);
const user = (uid: number, more: object = {}) => ({
  ...{ uid, gid: 1, gecos: "", home: "/", shell: "/bin/sh" },
  ...more,
});

describe("accounts of a tree", () => {
  it("are named, in order", () => {
    assert.deepEqual(Object.keys(small.users), ["root", "sshd"]);
    assert.deepEqual(small.users["sshd"], {
      ...{ uid: 989, gid: 65_534, gecos: "", home: "/run/sshd", shell: "/usr/sbin/nologin" },
    });
    assert.deepEqual(small.groups["adm"], { gid: 4, members: [] });
  });

  it("are marked when the config made them, or when they are expired", () => {
    const { databases } = parseDatabases({
      passwd: "core:x:1000:1000::/:\nnet:x:998:998::/:\n",
      group: "core:x:1000:\n",
      shadow: "net:!*::::::1:\n",
    });
    const accounts = accountsOf(databases, { users: ["core"], groups: ["core"] });
    assert.equal(accounts.users["core"]?.config, true);
    assert.equal(accounts.groups["core"]?.config, true);
    assert.equal(accounts.users["net"]?.expired, true);
    assert.equal(accounts.users["net"].config, undefined);
  });

  it("are looked up by name, whatever the name", () => {
    assert.equal(accountNamed(small.users, "constructor"), undefined);
    assert.equal(accountNamed(small.users, "__proto__"), undefined);
    const odd = accountsOf(parseDatabases({ passwd: "__proto__:x:5:5::/:\n" }).databases);
    assert.equal(accountNamed(odd.users, "__proto__")?.uid, 5);
  });
});

describe("pinned databases", () => {
  it("make the same accounts that they were taken from", () => {
    fc.assert(
      fc.property(anyDatabases, (databases) => {
        const settled = settledPackageAccounts(databases);
        // Hashes are secrets and no business of a lock.
        const bare = {
          ...settled,
          shadow: settled.shadow?.map((entry) => ({
            ...{ ...entry, password: entry.name === "root" ? "*" : "!*" },
            expire: (entry.expire ?? 2) <= 1 ? 1 : undefined,
          })),
          gshadow: settled.gshadow?.map((entry) => ({
            ...entry,
            password: "!*",
            administrators: [],
          })),
          group: settled.group.map((entry) => ({ ...entry, members: [] })),
        };
        const read = parseDatabases(pinnedDatabases(accountsOf(bare)));
        assert.deepEqual(read.problems, []);
        assert.deepEqual(
          settledPackageAccounts(read.databases),
          canonicalDatabases({
            ...bare,
            gshadow: bare.gshadow?.map((entry) => ({ ...entry, members: [] })),
          }),
        );
      }),
    );
  });

  it("hold the ids of a config's system accounts under names of their own", () => {
    const texts = pinnedDatabases({
      users: {
        app: user(988, { config: true }),
        core: user(1000, { config: true }),
        root: user(0),
      },
      groups: {
        adm: { gid: 4, members: ["core", "root"] },
        app: { gid: 988, members: [], config: true },
        core: { gid: 1000, members: [], config: true },
      },
    });
    assert.equal(
      texts.passwd,
      "root:x:0:1::/:/bin/sh\nslipway-reserved-988:x:988:65534::/nonexistent:/usr/sbin/nologin\n",
    );
    assert.equal(texts.group, "adm:x:4:root\nslipway-reserved-988:x:988:\n");
  });

  it("do not change with a config's ordinary users", () => {
    const more: Accounts = {
      users: { ...small.users, core: user(1000, { config: true }) },
      groups: { ...small.groups, core: { gid: 1000, members: [], config: true } },
    };
    assert.deepEqual(pinnedDatabases(more), pinnedDatabases(small));
  });
});

describe("accounts against the lock", () => {
  const rules = (pins: Accounts, actual: Accounts) => compareWithPins(actual, pins);

  it("agree when nothing changed", () => {
    const { findings, added, vanished, pins } = rules(small, small);
    assert.deepEqual([findings, added.users, vanished.groups], [[], [], []]);
    assert.deepEqual(pins, small);
  });

  it("may be new, and then the lock keeps them", () => {
    const { findings, added, pins } = rules(NO_ACCOUNTS, small);
    assert.deepEqual(findings, []);
    assert.deepEqual(added.users, ["root", "sshd"]);
    assert.deepEqual(pins, small);
  });

  it("may vanish, and keep their ids", () => {
    const before = { ...small, users: { ...small.users, nginx: user(987) } };
    const { findings, vanished, pins } = rules(before, small);
    assert.deepEqual(findings, []);
    assert.deepEqual(vanished.users, ["nginx"]);
    assert.equal(pins.users["nginx"]?.uid, 987);
  });

  it("must not change their ids: both are named", () => {
    const after = {
      users: { ...small.users, sshd: user(990, { gid: 65_534 }) },
      groups: { ...small.groups, adm: { gid: 44, members: [] } },
    };
    const { findings } = rules(small, after);
    assert.deepEqual(
      findings.map(({ level, rule, message }) => [level, rule, message]),
      [
        ["error", "account-id-changed", "user sshd has id 990, but the lock gave it 989"],
        ["error", "account-id-changed", "group adm has id 44, but the lock gave it 4"],
      ],
    );
  });

  it("must not take an id that belonged to another", () => {
    const { sshd: _gone, ...rest } = small.users;
    const { findings } = rules(small, { ...small, users: { ...rest, nginx: user(989) } });
    assert.deepEqual(
      findings.map(({ message }) => message),
      ["user nginx has id 989, which the lock keeps for user sshd"],
    );
  });

  it("must not change a package's primary group; a config may change its own", () => {
    const change = (more: object) =>
      rules(small, {
        ...small,
        users: { ...small.users, sshd: { ...user(989), gid: 5, ...more } },
      }).findings.map(({ message }) => message);
    assert.deepEqual(change({}), ["user sshd has the primary group 5, but the lock gave it 65534"]);
    assert.deepEqual(change({ config: true }), []);
  });
});

describe("pins from a lock file", () => {
  it("come back from JSON", () => {
    const pins: Accounts = {
      users: { a: user(5, { expired: true }), core: user(1000, { config: true }) },
      groups: { a: { gid: 5, members: ["core"], config: true } },
    };
    assert.deepEqual(decodePins(JSON.parse(JSON.stringify(pins))), { ok: true, pins });
  });

  const WRONG: readonly (readonly [unknown, string])[] = [
    [undefined, "accounts"],
    [{ users: [], groups: {} }, "users"],
    [{ users: {} }, "groups"],
    [{ users: { a: 5 }, groups: {} }, "users.a"],
    [{ users: { "a:b": user(5) }, groups: {} }, "users.a:b"],
    [{ users: { a: user(-1) }, groups: {} }, "users.a.uid"],
    [{ users: { a: user(5, { home: "/\nroot" }) }, groups: {} }, "users.a.home"],
    [{ users: { a: user(5, { config: "yes" }) }, groups: {} }, "users.a.config"],
    [{ users: {}, groups: { a: { gid: 1.5, members: [] } } }, "groups.a.gid"],
    [{ users: {}, groups: { a: { gid: 1, members: [":"] } } }, "groups.a.members"],
  ];
  for (const [value, where] of WRONG) {
    it(`are refused at ${where}: ${JSON.stringify(value) ?? "nothing"}`, () => {
      const decoded = decodePins(value);
      assert.equal(decoded.ok ? undefined : decoded.where, where);
    });
  }
});
