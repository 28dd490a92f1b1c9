import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ensureGroup } from "../../src/accounts/edit-groups.ts";
import { NO_ACCOUNTS } from "../../src/accounts/pins.ts";
import { added, refusal, aGroup, DEBIAN, SMALL, stateOf } from "./items.ts";

const rules = { defaults: DEBIAN, pins: NO_ACCOUNTS };
const ensure = (fields: Parameters<typeof aGroup>[0], texts = SMALL) =>
  added(texts, ensureGroup(stateOf(texts), aGroup(fields), rules));

describe("a group of a config", () => {
  it("is appended, with a password that nobody can type", () => {
    assert.deepEqual(ensure({ name: "g" }), { group: "g:x:1000:", gshadow: "g:!::" });
    assert.deepEqual(ensure({ name: "g", system: true }), { group: "g:x:998:", gshadow: "g:!::" });
    assert.deepEqual(ensure({ name: "g", gid: 4242, passwordHash: "H" }), {
      group: "g:x:4242:",
      gshadow: "g:H::",
    });
  });

  it("changes in place when it is there", () => {
    assert.deepEqual(ensure({ name: "adm" }), {});
    assert.deepEqual(ensure({ name: "adm", gid: 44, passwordHash: "H" }), {
      group: "adm:x:44:",
      gshadow: "adm:H::",
    });
  });

  it("takes the users along to a new id", () => {
    assert.deepEqual(ensure({ name: "nogroup", gid: 65_533 }), {
      passwd: "sshd:x:989:65533::/run/sshd:/usr/sbin/nologin",
      group: "nogroup:x:65533:",
    });
  });

  it("goes when it should, unless a user needs it", () => {
    const gone = ensureGroup(stateOf(SMALL), aGroup({ name: "adm", shouldExist: false }), rules);
    assert.ok(gone.ok);
    assert.ok(!gone.state.databases.group.some(({ name }) => name === "adm"));
    assert.ok(gone.state.databases.gshadow?.some(({ name }) => name === "adm") === false);
    assert.match(
      refusal(ensure({ name: "nogroup", shouldExist: false })),
      /primary group of user sshd/,
    );
    assert.deepEqual(ensure({ name: "none", shouldExist: false }), {});
  });

  const REFUSED: readonly (readonly [string, Parameters<typeof aGroup>[0], RegExp])[] = [
    ["a name that is none", { name: "a:b" }, /"a:b" is no group name/],
    ["an id that is taken", { name: "g", gid: 4 }, /4 for g belongs to group adm/],
    [
      "a change to an id that is taken",
      { name: "adm", gid: 100 },
      /100 for adm belongs to group users/,
    ],
    ["a hash that would be two fields", { name: "g", passwordHash: "a:b" }, /colon/],
  ];
  for (const [what, fields, message] of REFUSED) {
    it(`is refused for ${what}`, () => assert.match(refusal(ensure(fields)), message));
  }

  it("has the id that the lock keeps for it, and never another's", () => {
    const pins = {
      users: {},
      groups: { g: { gid: 1007, members: [] }, old: { gid: 1008, members: [] } },
    };
    const make = (name: string) =>
      added(SMALL, ensureGroup(stateOf(SMALL), aGroup({ name }), { defaults: DEBIAN, pins }));
    assert.deepEqual(make("g"), { group: "g:x:1007:", gshadow: "g:!::" });
    assert.deepEqual(make("h"), { group: "h:x:1009:", gshadow: "h:!::" });
  });
});
