import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { memorySource } from "../support/memory-source.ts";
import { testNode } from "../support/node.ts";
import { soundFiles } from "../../../../test/support/signed-repository/sound.ts";

describe("a node's trust in a sound repository", () => {
  it("tells channels, releases and manifests", async () => {
    const view = await testNode().refresh(memorySource(soundFiles()));
    const releases = await view.releases("base", "x86_64");
    assert.deepEqual(
      releases.map(({ version }) => version),
      ["42.0", "42.1"],
    );
    const { rollouts } = await view.channel("base", "stable");
    assert.equal(rollouts.length, 2);
    const [release] = releases;
    assert.ok(release !== undefined);
    assert.equal((await view.manifest(release)).bootEntry, "base_42.0_aaaaaaaa+3.efi");
    assert.deepEqual(await view.releases("base", "aarch64"), []);
  });
});
