import assert from "node:assert/strict";
import { crashingDirectory } from "@slipway/host/testing";
import { ReceiverError } from "@slipway/receiver";
import { describe, it } from "mocha";
import { memorySource } from "../support/memory-source.ts";
import { keptState, outcomeOf, testNode } from "../support/node.ts";
import { NOW, ROOT_1, soundFiles } from "../../../../test/support/signed-repository/sound.ts";
import { versions } from "../../../../test/support/signed-repository/refused-metadata.ts";
import { testKey } from "../../../../test/support/signed-repository/test-keys.ts";
import {
  type Files,
  type KeyPlan,
  KEYS,
  makeRoot,
} from "../../../../test/support/signed-repository/test-repository.ts";

const keysOf = (...words: readonly string[]) => ({
  keys: words.map((word) => testKey(word)),
  threshold: Math.min(2, words.length),
});

/** One of three holders leaves with each version, and all keys below change too. */
const planOf = (version: number): KeyPlan => ({
  ...KEYS,
  root: keysOf(...[0, 1, 2].map((holder) => `root ${version + holder}`)),
  targets: keysOf(`targets ${version}`, `targets ${version + 1}`),
  snapshot: keysOf(version === 1 ? "snapshot" : `snapshot ${version}`),
  timestamp: keysOf(version === 1 ? "timestamp" : `timestamp ${version}`),
});

const rootOf = (version: number, before = planOf(version - 1)) =>
  makeRoot({ now: NOW, keys: planOf(version), before, versions: { root: version } });

const rotated = (newest: number): Files => {
  const files = soundFiles({ keys: planOf(newest), versions: versions(newest) });
  for (let version = 2; version <= newest; version += 1) {
    const { path, bytes } = rootOf(version);
    files.set(path, bytes);
  }
  return files;
};

const codeOf = (outcome: string | ReceiverError): string =>
  outcome instanceof ReceiverError ? outcome.code : "believed";

describe("root rotation, two of three holders", () => {
  it("takes a node over five versions at once, and keeps where it came", async () => {
    const node = testNode();
    await node.refresh(memorySource(soundFiles()));
    const source = memorySource(rotated(6));
    await node.refresh(source);
    assert.deepEqual(
      source.requests.slice(0, 6).map(({ path }) => path),
      [2, 3, 4, 5, 6, 7].map((version) => `metadata/${version}.root.json`),
    );
    assert.deepEqual(keptState(node.store)?.root, Buffer.from(rootOf(6).bytes));
    const again = memorySource(rotated(6));
    await node.refresh(again);
    assert.equal(again.requests[0]?.path, "metadata/7.root.json");
  });

  it("does not let a gap be jumped, nor a later root stand for the next", async () => {
    const files = rotated(4);
    files.delete("metadata/3.root.json");
    const node = testNode();
    assert.equal(codeOf(await outcomeOf(node, memorySource(files))), "WRONG_KEY");
    assert.deepEqual(keptState(node.store)?.root, Buffer.from(rootOf(2).bytes));
    files.set("metadata/3.root.json", rootOf(4).bytes);
    assert.equal(codeOf(await outcomeOf(node, memorySource(files))), "MIXED_UP");
  });

  it("asks for the old holders as well as for the new ones", async () => {
    const files = soundFiles();
    const onlyNew = makeRoot({ now: NOW, keys: planOf(5), versions: { root: 2 } });
    assert.equal(
      codeOf(await outcomeOf(testNode(), memorySource(files.set(onlyNew.path, onlyNew.bytes)))),
      "WRONG_KEY",
    );
    const onlyOld = makeRoot({
      now: NOW,
      keys: planOf(5),
      versions: { root: 2 },
      signers: { root: KEYS.root.keys },
    });
    assert.equal(
      codeOf(await outcomeOf(testNode(), memorySource(files.set(onlyOld.path, onlyOld.bytes)))),
      "WRONG_KEY",
    );
  });

  it("holds to a rotated root although an older one is all that the image ships and a mirror has", async () => {
    const node = testNode();
    await node.refresh(memorySource(rotated(3)));
    assert.equal(codeOf(await outcomeOf(node, memorySource(soundFiles()))), "WRONG_KEY");
  });

  it("begins from the image's root where that is the newer one", async () => {
    const node = testNode();
    await node.refresh(memorySource(soundFiles()));
    const files = rotated(6);
    for (const version of [2, 3, 4, 5]) files.delete(`metadata/${version}.root.json`);
    const updated = testNode({ store: node.store, initialRoot: rootOf(6).bytes });
    assert.equal(codeOf(await outcomeOf(updated, memorySource(files))), "believed");
    assert.equal(updated.lines.length, 0);
  });

  it("begins anew, and says so, where the image's root is another of the same version", async () => {
    const node = testNode();
    await node.refresh(memorySource(soundFiles()));
    const plan = planOf(40);
    const initialRoot = makeRoot({ now: NOW, keys: plan }).bytes;
    const moved = testNode({ store: node.store, initialRoot });
    const outcome = await outcomeOf(moved, memorySource(soundFiles({ keys: plan })));
    assert.equal(codeOf(outcome), "believed");
    assert.match(moved.lines.join(), /image's root 1 is another/);
  });

  it("does not begin from a root in the image that is none", async () => {
    const cut = ROOT_1.subarray(0, 100);
    assert.equal(codeOf(await outcomeOf(testNode({ initialRoot: cut }))), "BAD_METADATA");
    const unsigned = makeRoot({ now: NOW, signers: { root: [] } }).bytes;
    assert.equal(codeOf(await outcomeOf(testNode({ initialRoot: unsigned }))), "BAD_METADATA");
  });
});

describe("a stolen key of timestamp and snapshot", () => {
  const run = 1_000_000_000;
  const forward = (): Files =>
    soundFiles({ versions: { ...versions(2), timestamp: run, snapshot: run } });

  it("can run the versions up, and then nobody's honest state is believed", async () => {
    const store = crashingDirectory();
    const node = testNode({ store });
    assert.equal(codeOf(await outcomeOf(node, memorySource(forward()))), "believed");
    const honest = soundFiles({ versions: versions(3) });
    assert.equal(codeOf(await outcomeOf(node, memorySource(honest))), "ROLLED_BACK");
  });

  it("is undone by a root that names other keys: versions begin where they were", async () => {
    const node = testNode();
    await outcomeOf(node, memorySource(forward()));
    const plan = {
      ...KEYS,
      snapshot: keysOf("snapshot anew"),
      timestamp: keysOf("timestamp anew"),
    };
    const root = makeRoot({ now: NOW, keys: plan, before: KEYS, versions: { root: 2 } });
    const healed = soundFiles({ keys: plan, versions: versions(3) }).set(root.path, root.bytes);
    assert.equal(codeOf(await outcomeOf(node, memorySource(healed))), "believed");
    const thief = forward().set(root.path, root.bytes);
    assert.equal(codeOf(await outcomeOf(node, memorySource(thief))), "WRONG_KEY");
  });
});
