import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createHash } from "node:crypto";
import { encodeState } from "../../src/trust/trust-state.ts";
import { openTrustStore } from "../../src/trust/trust-store.ts";
import { type MemorySource, memorySource } from "../support/memory-source.ts";
import { keptState, type TestNode, testNode } from "../support/node.ts";
import { manifest } from "../../../../test/support/signed-repository/published.ts";
import { soundFiles } from "../../../../test/support/signed-repository/sound.ts";

/** Of a kept state, without the line of its digest. */
const bodyOf = (state: Uint8Array): string => {
  const text = Buffer.from(state).toString();
  return text.slice(text.indexOf("\n") + 1);
};

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

describe("a look that finds nothing new", () => {
  const ask = async (node: TestNode, source: MemorySource): Promise<readonly string[]> => {
    const before = source.requests.length;
    const view = await node.refresh(source);
    await view.releases("base", "x86_64");
    assert.equal((await view.channel("base", "stable")).rollouts.length, 2);
    return source.requests.slice(before).map(({ path }) => path);
  };
  const QUIET = ["metadata/2.root.json", "metadata/timestamp.json"];

  it("fetches a timestamp and nothing else, however long lists and channel are", async () => {
    const [node, source] = [testNode(), memorySource(soundFiles())];
    const first = await ask(node, source);
    assert.equal(first.filter((path) => path.startsWith("targets/channels/")).length, 1);
    assert.deepEqual(await ask(node, source), QUIET);
  });

  it("takes no channel from what was kept but the one that is listed", async () => {
    const [node, source] = [testNode(), memorySource(soundFiles())];
    const first = await ask(node, source);
    const channel = first.find((path) => path.startsWith("targets/channels/"));
    assert.ok(channel !== undefined);
    const { generation: _, ...kept } = keptState(node.store) ?? assert.fail("nothing was kept");
    const [[listed, bytes] = assert.fail("no channel was kept")] = kept.channels;
    const spoilt = Buffer.from(bytes);
    spoilt.writeUInt8(spoilt.readUInt8(40) ^ 1, 40);
    await openTrustStore(node.store, () => undefined).save({
      ...kept,
      channels: new Map([[listed, spoilt]]),
    });
    assert.deepEqual(await ask(node, source), [...QUIET, channel]);
    assert.deepEqual(await ask(node, source), QUIET);
  });

  it("goes on from what an agent left that kept no channel", async () => {
    const [node, source] = [testNode(), memorySource(soundFiles())];
    await ask(node, source);
    const file = [...node.store.now().keys()].find((name) => name !== "trust.new") ?? "";
    const state = keptState(node.store) ?? assert.fail("nothing was kept");
    const { channels: _, ...rest } = JSON.parse(bodyOf(encodeState(state))) as { channels: object };
    const body = `${JSON.stringify({ ...rest, generation: state.generation + 2 })}\n`;
    const digest = createHash("sha256").update(body).digest("hex");
    await node.store.writeSynced(file, Buffer.from(`slipway-trust ${digest}\n${body}`));
    assert.equal((await ask(node, source)).length, 3);
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
