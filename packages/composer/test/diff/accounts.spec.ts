import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseDatabases } from "../../src/accounts/databases.ts";
import { compareAccounts } from "../../src/diff/accounts.ts";

const databases = (passwd: string, group: string, shadow: string) =>
  parseDatabases({ passwd, group, shadow }).databases;

describe("comparison of accounts", () => {
  const before = databases(
    "root:x:0:0:root:/root:/bin/bash\nold:x:999:999::/:/usr/sbin/nologin\nmoved:x:998:998::/:/bin/sh\n",
    "root:x:0:\nold:x:999:\nmoved:x:998:\nadm:x:4:root,old\n",
    "root:*:19000::::::\nmoved:$6$secret:19000::::::\n",
  );
  const after = databases(
    "root:x:0:0:root:/root:/bin/bash\nnew:x:997:997:New:/var/lib/new:/usr/sbin/nologin\nmoved:x:996:996::/srv:/bin/sh\n",
    "root:x:0:\nnew:x:997:\nmoved:x:996:\nadm:x:4:root,new\n",
    "root:*:20000::::::\nmoved:!:19000::::::\n",
  );
  const { users, groups } = compareAccounts(before, after);

  it("tells of users", () => {
    assert.deepEqual(users, {
      added: [
        {
          name: "new",
          ...{ uid: 997, gid: 997, home: "/var/lib/new", shell: "/usr/sbin/nologin" },
        },
      ],
      removed: [{ name: "old", uid: 999, gid: 999, home: "/", shell: "/usr/sbin/nologin" }],
      changed: [
        {
          name: "moved",
          uid: { before: 998, after: 996 },
          gid: { before: 998, after: 996 },
          home: { before: "/", after: "/srv" },
          isPasswordChanged: true,
        },
      ],
    });
  });

  it("tells of groups and their members", () => {
    assert.deepEqual(
      groups.added.map(({ name }) => name),
      ["new"],
    );
    assert.deepEqual(
      groups.removed.map(({ name }) => name),
      ["old"],
    );
    assert.deepEqual(groups.changed, [
      { name: "adm", members: { added: ["new"], removed: ["old"] } },
      { name: "moved", gid: { before: 998, after: 996 }, members: { added: [], removed: [] } },
    ]);
  });

  it("never tells a password", () => {
    assert.doesNotMatch(JSON.stringify({ users, groups }), /secret|"!"/);
  });

  it("finds nothing between accounts and themselves", () => {
    const none = { added: [], removed: [], changed: [] };
    assert.deepEqual(compareAccounts(before, before), { users: none, groups: none });
  });
});
