import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { HomeEffect } from "../../src/accounts/account-state.ts";
import { formatDatabases } from "../../src/accounts/databases.ts";
import { ensureUser } from "../../src/accounts/edit-users.ts";
import { NO_ACCOUNTS } from "../../src/accounts/pins.ts";
import { added, refusal, aUser, DEBIAN, SMALL, stateOf } from "./items.ts";

const rules = { defaults: DEBIAN, pins: NO_ACCOUNTS };
type Fields = Parameters<typeof aUser>[0];
const run = (fields: Fields, texts = SMALL) => ensureUser(stateOf(texts), aUser(fields), rules);
const ensure = (fields: Fields, texts = SMALL) => added(texts, run(fields, texts));
const effects = (fields: Fields, texts = SMALL): readonly HomeEffect[] => {
  const result = run(fields, texts);
  assert.ok(result.ok);
  return result.effects;
};

describe("a new user of a config", () => {
  it("is what useradd makes: own group, ageing from login.defs, no day of change", () => {
    assert.deepEqual(ensure({ name: "core", passwordHash: "$y$h", groups: ["adm", "100"] }), {
      passwd: "core:x:1000:1000::/home/core:/bin/sh",
      group: "adm:x:4:core\nusers:x:100:core\ncore:x:1000:",
      shadow: "core:$y$h::0:99999:7:::",
      gshadow: "adm:!*::core\nusers:!*::core\ncore:!::",
    });
    assert.deepEqual(effects({ name: "core" }), [
      {
        ...{ kind: "create", path: "/home/core", mode: 0o700, skeleton: "/etc/skel" },
        ...{ uid: 1000, gid: 1000 },
      },
    ]);
  });

  it("has what the config says", () => {
    const fields: Fields = {
      ...{ name: "app", uid: 1234, gecos: "An App", homeDir: "/srv/app", shell: "/bin/false" },
      ...{ primaryGroup: "adm", noCreateHome: true },
    };
    assert.deepEqual(ensure(fields), {
      passwd: "app:x:1234:4:An App:/srv/app:/bin/false",
      shadow: "app:*::0:99999:7:::",
    });
    assert.deepEqual(effects(fields), []);
  });

  it("does not age as a system user, and counts down", () => {
    assert.deepEqual(ensure({ name: "app", system: true }), {
      passwd: "app:x:988:988::/home/app:/bin/sh",
      group: "app:x:988:",
      shadow: "app:*:::::::",
      gshadow: "app:!::",
    });
  });

  it("takes an empty text for none", () => {
    const fields = { homeDir: "", shell: "", gecos: "", primaryGroup: "", passwordHash: "" };
    assert.deepEqual(ensure({ name: "a", ...fields }), ensure({ name: "a" }));
  });

  it("shares a group when it is to have none of its own", () => {
    assert.deepEqual(ensure({ name: "a", noUserGroup: true }), {
      passwd: "a:x:1000:100::/home/a:/bin/sh",
      shadow: "a:*::0:99999:7:::",
    });
  });

  it("gets another group id where its own number is taken", () => {
    const texts = { ...SMALL, group: `${SMALL.group}x:x:1000:\n` };
    const result = ensure({ name: "a" }, texts);
    assert.ok(typeof result === "object");
    assert.equal(result["passwd"], "a:x:1000:1001::/home/a:/bin/sh");
  });

  it("replaces left-over lines of one who is gone", () => {
    const texts = { ...SMALL, shadow: `${SMALL.shadow}a:OLD:1::::::\n` };
    const result = run({ name: "a" }, texts);
    assert.ok(result.ok);
    assert.match(
      formatDatabases(result.state.databases).shadow ?? "",
      /^root.*\nsshd.*\na:\*:[^\n]*\n$/,
    );
  });

  it("keeps the id that the lock has for it, and leaves alone those of others", () => {
    const nobody = { gecos: "", home: "/", shell: "" };
    const pins = {
      users: {
        core: { uid: 1007, gid: 1007, ...nobody },
        old: { uid: 1009, gid: 1009, ...nobody },
      },
      groups: { core: { gid: 1007, members: [] }, old: { gid: 1009, members: [] } },
    };
    const make = (name: string) =>
      added(SMALL, ensureUser(stateOf(SMALL), aUser({ name }), { defaults: DEBIAN, pins }));
    const [kept, other] = [make("core"), make("new")];
    assert.ok(typeof kept === "object" && typeof other === "object");
    assert.equal(kept["passwd"], "core:x:1007:1007::/home/core:/bin/sh");
    assert.equal(other["passwd"], "new:x:1010:1010::/home/new:/bin/sh");
  });

  const REFUSED: readonly (readonly [string, Fields, RegExp])[] = [
    ["a name that is none", { name: "../x" }, /no user name/],
    ["an id that is taken", { name: "a", uid: 989 }, /989 for a belongs to user sshd/],
    ["a group that does not exist", { name: "a", groups: ["wheel"] }, /"wheel" of user a/],
    ["a primary group that does not exist", { name: "a", primaryGroup: "77" }, /"77" of user a/],
    ["a group of its name", { name: "users" }, /there is a group of that name/],
    ["a home that is relative", { name: "a", homeDir: "home" }, /not absolute/],
    ["a shell that is relative", { name: "a", shell: "sh" }, /not absolute/],
    ["a gecos that would be two fields", { name: "a", gecos: "x:0" }, /gecos .* colon/],
    ["a hash that would be two lines", { name: "a", passwordHash: "x\nroot::0" }, /line break/],
  ];
  for (const [what, fields, message] of REFUSED) {
    it(`is refused for ${what}`, () => assert.match(refusal(ensure(fields)), message));
  }
});

describe("a user who is there already", () => {
  const texts = {
    ...SMALL,
    passwd: `${SMALL.passwd}core:x:1000:1000:Core:/home/core:/bin/sh\n`,
    group: `${SMALL.group}core:x:1000:\nsudo:x:27:core\n`,
    shadow: `${SMALL.shadow}core:OLD:1:0:99999:7:::\n`,
  };

  it("is left alone when nothing is said", () => {
    assert.deepEqual(ensure({ name: "core" }, texts), {});
    assert.deepEqual(effects({ name: "core" }, texts), []);
  });

  it("changes what is said, its groups as a whole", () => {
    const fields: Fields = {
      ...{ name: "core", uid: 2000, gecos: "C", shell: "/bin/bash", groups: ["adm"] },
      ...{ passwordHash: "NEW", homeDir: "/home/c", primaryGroup: "users" },
    };
    assert.deepEqual(ensure(fields, texts), {
      passwd: "core:x:2000:100:C:/home/c:/bin/bash",
      group: "adm:x:4:core\nsudo:x:27:",
      shadow: "core:NEW::0:99999:7:::",
      gshadow: "adm:!*::core",
    });
    assert.deepEqual(effects(fields, texts), [
      { kind: "move", from: "/home/core", to: "/home/c" },
      {
        ...{ kind: "give", path: "/home/c" },
        ...{ uid: { from: 1000, to: 2000 }, gid: { from: 1000, to: 100 } },
      },
    ]);
  });

  it("is closed to passwords by an empty hash", () => {
    assert.deepEqual(ensure({ name: "core", passwordHash: "" }, texts), {
      shadow: "core:*::0:99999:7:::",
    });
  });

  it("gets its password into shadow even where packages left it in passwd", () => {
    const odd = { ...SMALL, passwd: "root:*:0:0:root:/root:/bin/bash\n", shadow: "" };
    assert.deepEqual(ensure({ name: "root", passwordHash: "H" }, odd), {
      passwd: "root:x:0:0:root:/root:/bin/bash",
      shadow: "root:H:::::::",
    });
  });

  it("cannot have another's id", () => {
    assert.match(refusal(ensure({ name: "core", uid: 0 }, texts)), /belongs to user root/);
  });

  it("goes with its home, its memberships and its own empty group", () => {
    const result = run({ name: "core", shouldExist: false }, texts);
    assert.ok(result.ok);
    const after = formatDatabases(result.state.databases);
    for (const text of Object.values(after)) assert.doesNotMatch(String(text), /core/);
    assert.deepEqual(result.effects, [{ kind: "remove", path: "/home/core", uid: 1000 }]);
    assert.deepEqual(ensure({ name: "none", shouldExist: false }), {});
  });

  it("leaves a group behind that others are in", () => {
    const shared = { ...texts, group: texts.group.replace("core:x:1000:\n", "core:x:1000:sshd\n") };
    const result = run({ name: "core", shouldExist: false }, shared);
    assert.ok(result.ok);
    assert.match(formatDatabases(result.state.databases).group ?? "", /core:x:1000:sshd/);
  });
});
