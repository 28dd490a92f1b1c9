/** What Slipway signs, a node believes: the publisher's side and the node's, on one directory. */
import assert from "node:assert/strict";
import { readdirSync, mkdtempSync, statSync } from "node:fs";
import path from "node:path";
import {
  commitTargets,
  refreshRepository,
  revokeKeys,
  rotateKeys,
  type TargetChange,
} from "@slipway/composer";
import {
  buildGraph,
  DAILY_ROLES,
  encodeChannel,
  encodeManifest,
  offers,
  type ReleaseManifest,
  summarize,
} from "@slipway/release";
import { describe, it } from "mocha";
import { fastForward, stealKey } from "../support/forge.ts";
import { nodeTrust } from "../support/node-trust.ts";
import { scratchDirectory } from "../support/release.ts";
import { channel, manifest } from "../support/signed-repository/published.ts";
import { DAY_MS, type Drill, openDrill, signingHost } from "../support/trust-drill.ts";

const releaseOf = (one: ReleaseManifest): TargetChange => ({
  path: `releases/${one.image}/${one.version}/${one.architecture}.json`,
  bytes: Buffer.from(encodeManifest(one)),
  custom: { slipway: summarize(one) },
});

const channelOf = (name: string, ...versions: readonly string[]): TargetChange => ({
  path: `channels/base/${name}.json`,
  bytes: Buffer.from(encodeChannel(channel(name, ...versions))),
});

const put = async (it: Drill, ...changes: readonly TargetChange[]): Promise<void> => {
  await commitTargets(it.repository, it.keys(), { put: changes, remove: [] }, it.clock);
};

const NODE = {
  id: "node-1",
  version: "42.0",
  securityEpochFloor: 3,
  agentVersion: "1.1",
  forbidden: new Set<string>(),
};

describe("a node and what Slipway publishes", () => {
  const scratch = scratchDirectory("published");
  const drill = (wishes: Parameters<typeof openDrill>[1] = {}) =>
    openDrill(mkdtempSync(path.join(scratch, "drill-")), wishes);
  const nodeOf = (it: Drill, store = mkdtempSync(path.join(scratch, "node-"))) => ({
    ...nodeTrust(it.repository, store, it.clock),
    store,
  });

  for (const algorithm of ["ed25519", "ecdsa-p256"] as const)
    it(`agree, signed with ${algorithm}: from publishing to an offer with its manifest`, async () => {
      await using it = await drill({ algorithm });
      const node = nodeOf(it);
      const [old, next] = [manifest("42.0", "c"), manifest("42.1")];
      await put(it, releaseOf(old), releaseOf(next), channelOf("stable", "42.0", "42.1", "42.2"));
      const view = await node.refresh();
      const graph = buildGraph(
        await view.channel("base", "stable"),
        "x86_64",
        await view.releases("base", "x86_64"),
      );
      const now = Math.floor(it.clock.now().getTime() / 1000) + 10 ** 9;
      const offer = offers(graph, NODE, now);
      assert.ok(JSON.stringify(offer).includes(next.roothash), JSON.stringify(offer));
      const [, summary] = await view.releases("base", "x86_64");
      assert.ok(summary !== undefined);
      assert.deepEqual(await view.manifest(summary), next);
      assert.deepEqual(node.lines, []);
    });

  it("keep what was believed in two files that only root reads", async () => {
    await using it = await drill();
    const node = nodeOf(it);
    await node.refresh();
    assert.deepEqual(readdirSync(node.store).toSorted(), ["trust-0", "trust-1"]);
    for (const name of readdirSync(node.store))
      assert.equal(statSync(path.join(node.store, name)).mode & 0o777, 0o600);
  });

  it("go through five rotations of root keys, two of three, with a node that slept", async () => {
    await using it = await drill({ rootKeys: 3, rootThreshold: 2 });
    const [early, late] = [nodeOf(it), nodeOf(it)];
    await early.refresh();
    const host = { ...signingHost, clock: it.clock };
    for (let count = 0; count < 5; count += 1) {
      const done = await rotateKeys(
        it.repository,
        it.keys(),
        { role: "root" },
        { external: [] },
        host,
      );
      it.keep(done.keyring);
    }
    await put(it, releaseOf(manifest("42.1")));
    for (const node of [early, late])
      assert.equal((await (await node.refresh()).releases("base", "x86_64")).length, 1);
  });

  it("come back together after a thief of timestamp and snapshot ran the versions up", async () => {
    await using it = await drill();
    const node = nodeOf(it);
    await put(it, releaseOf(manifest("42.1")));
    await node.refresh();
    const [snapshot, timestamp] = [
      stealKey(it.keyDirectory, "snapshot"),
      stealKey(it.keyDirectory, "timestamp"),
    ];
    fastForward(it.repository, 1_000_000_000, { snapshot, timestamp });
    assert.equal((await node.refresh()).timestampVersion, 1_000_000_000);
    const host = { ...signingHost, clock: it.clock };
    const ids = [snapshot.id, timestamp.id];
    it.keep((await revokeKeys(it.repository, it.keys(), ids, { external: [] }, host)).keyring);
    await put(it, releaseOf(manifest("42.2", "d")));
    const view = await node.refresh();
    assert.ok(view.timestampVersion < 1000, `${view.timestampVersion}`);
    assert.equal((await view.releases("base", "x86_64")).length, 2);
  });

  it("go through 30 days of refreshes without a publish, and a lapse is an end until the next", async () => {
    await using it = await drill();
    const node = nodeOf(it);
    await put(it, releaseOf(manifest("42.1")), channelOf("stable", "42.1"));
    for (let day = 0; day < 30; day += 1) {
      it.clock.advance(DAY_MS);
      await refreshRepository(it.repository, it.keys(), DAILY_ROLES, it.clock);
      assert.equal(await node.refusal(), undefined, `day ${day}`);
    }
    it.clock.advance(8 * DAY_MS);
    assert.equal(await node.refusal(), "EXPIRED");
    it.clock.advance(400 * DAY_MS);
    assert.equal(await node.refusal(), "CLOCK_AHEAD");
    const all = ["root", "targets", "image-base", ...DAILY_ROLES] as const;
    const { due } = await refreshRepository(it.repository, it.keys(), all, it.clock);
    assert.deepEqual(due, []);
    const view = await node.refresh();
    assert.equal((await view.channel("base", "stable")).rollouts.length, 1);
  });
});
