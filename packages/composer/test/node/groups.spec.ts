import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ensureGroup } from "../../src/accounts/edit-groups.ts";
import { NO_ACCOUNTS } from "../../src/accounts/pins.ts";
import { withNodeGroups } from "../../src/node/groups.ts";
import { added, aGroup, aUser, DEBIAN, SMALL, stateOf } from "../accounts/items.ts";

const definition = (...groups: readonly ReturnType<typeof aGroup>[]) => ({
  config: { passwd: { groups, users: [aUser({ name: "core", groups: ["slipway"] })] } },
  image: { name: "base" },
});

describe("the groups of every node", () => {
  it("come before the config's, so that its users can be members", () => {
    const { config, image } = withNodeGroups(definition(aGroup({ name: "web" })));
    assert.deepEqual(
      config.passwd.groups.map(({ name }) => name),
      ["slipway", "web"],
    );
    assert.deepEqual([config.passwd.users.length, image.name], [1, "base"]);
  });

  it("are the config's own where it has a group of that name", () => {
    const own = definition(aGroup({ name: "slipway", gid: 450 }));
    assert.deepEqual(withNodeGroups(own), own);
  });

  it("get an id of the system's, and keep the one that the lock has", () => {
    const [group] = withNodeGroups(definition()).config.passwd.groups;
    assert.ok(group !== undefined);
    const made = (pins: typeof NO_ACCOUNTS) =>
      added(SMALL, ensureGroup(stateOf(SMALL), group, { defaults: DEBIAN, pins }));
    assert.deepEqual(made(NO_ACCOUNTS), { group: "slipway:x:998:", gshadow: "slipway:!::" });
    const pins = {
      users: {},
      groups: { slipway: { gid: 123, members: [], config: true as const } },
    };
    assert.deepEqual(made(pins), { group: "slipway:x:123:", gshadow: "slipway:!::" });
  });
});
