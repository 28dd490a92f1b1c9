import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { memorySource } from "../support/memory-source.ts";
import { keptState, testNode } from "../support/node.ts";
import { manifest } from "../../../../test/support/signed-repository/published.ts";
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

describe("a view that is asked several things at once", () => {
  it("fetches each list once, and keeps them all", async () => {
    const source = memorySource(soundFiles());
    const node = testNode();
    const view = await node.refresh(source);
    await Promise.all([
      view.releases("base", "x86_64"),
      view.channel("base", "stable"),
      view.manifest(manifest("42.1")),
      view.releases("base", "aarch64"),
    ]);
    assert.equal(source.requests.filter(({ path }) => path.endsWith("image-base.json")).length, 1);
    assert.deepEqual([...(keptState(node.store)?.roles.keys() ?? [])].toSorted(), [
      "image-base",
      "online",
      "snapshot",
      "targets",
      "timestamp",
    ]);
  });

  it("asks again for a list that it did not get", async () => {
    const files = soundFiles();
    const list = files.get("metadata/1.image-base.json");
    assert.ok(list !== undefined);
    files.delete("metadata/1.image-base.json");
    const view = await testNode().refresh(memorySource(files));
    await assert.rejects(view.releases("base", "x86_64"), { code: "NOT_FOUND" });
    files.set("metadata/1.image-base.json", list);
    assert.equal((await view.releases("base", "x86_64")).length, 2);
  });
});
