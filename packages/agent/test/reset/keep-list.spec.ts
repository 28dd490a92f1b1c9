import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { mergeSettings } from "../../src/config/merge.ts";
import { fateOf, isKeepPath, keptPaths, resetOrder } from "../../src/reset/keep-list.ts";

describe("what a factory reset keeps", () => {
  it("is always the agent's own and the node's ids, and a machine-id unless that is given up", () => {
    const choice = { keep: ["/var/lib/slipway/ssh"], newMachineId: false };
    assert.equal(
      resetOrder(choice),
      `slipway-reset 1
keep lib/slipway/agent
keep lib/slipway/machine-id
keep lib/slipway/node-id
keep lib/slipway/ssh
end
`,
    );
    assert.deepEqual(keptPaths({ keep: [], newMachineId: true }), [
      "lib/slipway/agent",
      "lib/slipway/node-id",
    ]);
  });

  it("leaves what is above it, and takes what only begins like it", () => {
    const kept = ["lib/slipway/ssh", "home/ann"];
    for (const [path, fate] of [
      ["lib/slipway/ssh", "kept"],
      ["lib/slipway", "above"],
      ["lib", "above"],
      ["lib/slipway/ssh2", "lost"],
      ["lib/slip", "lost"],
      ["home/anna", "lost"],
      ["log", "lost"],
    ] as const)
      assert.equal(fateOf(path, kept), fate, path);
  });

  it("is named by absolute paths below /var, in a line each", () => {
    for (const path of ["/var/lib/x", "/var/home/ann/my files", "/var/lib/köln", "/var/.x"])
      assert.ok(isKeepPath(path), path);
    for (const path of [
      ...[
        "/var",
        "/var/",
        "/etc/x",
        "lib/x",
        "/var/lib/",
        "/var//lib",
        "/var/lib/../x",
        "/var/./x",
      ],
      ...["/var/a\nkeep b", "/variable/x", `/var/${"x".repeat(300)}`, `/var${"/x".repeat(40)}`],
    ])
      assert.ok(!isKeepPath(path), path);
  });

  it("is a setting, by default the host key of ssh", () => {
    const settings = (text: string) =>
      mergeSettings([{ file: "/etc/slipway/agent.d/a.yaml", text }]);
    assert.deepEqual(settings("").settings.factoryResetKeep, ["/var/lib/slipway/ssh"]);
    assert.deepEqual(
      settings("factory_reset_keep: [/var/lib/pg, /var/srv]\n").settings.factoryResetKeep,
      ["/var/lib/pg", "/var/srv"],
    );
    assert.deepEqual(settings("factory_reset_keep: []\n").settings.factoryResetKeep, []);
    const [finding] = settings("factory_reset_keep: /etc/x\n").findings;
    assert.match(finding?.message ?? "", /'\/etc\/x' is no path below \/var/);
  });
});
