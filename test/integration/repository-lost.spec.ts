/** A repository that is gone for good: its keys make another one, and nodes that knew the lost one follow it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { commitTargets, ensureRepository, revokeKeys, rotateKeys } from "@slipway/composer";
import { encodeManifest, summarize } from "@slipway/release";
import { describe, it } from "mocha";
import { stealKey } from "../support/forge.ts";
import { nodeTrust } from "../support/node-trust.ts";
import { scratchDirectory } from "../support/release.ts";
import { manifest } from "../support/signed-repository/published.ts";
import { type Drill, openDrill, signingHost } from "../support/trust-drill.ts";

const NO_EXTERNAL = { external: [] } as const;

const publish = async (it: Drill, version: string): Promise<void> => {
  const one = manifest(version);
  const change = {
    path: `releases/base/${version}/x86_64.json`,
    bytes: Buffer.from(encodeManifest(one)),
    custom: { slipway: summarize(one) },
  };
  await commitTargets(it.repository, it.keys(), { put: [change], remove: [] }, it.clock);
};

/** All but root: what any of them signed in the lost repository no longer counts, so no number of it is in the way. */
const REPLACED = ["timestamp", "snapshot", "online", "targets", "image-base"] as const;

/** What docs/operating.md says: `keys init` makes it anew, `keys revoke` has nodes forget what they knew of the lost one. */
const makeAnew = async (it: Drill): Promise<void> => {
  rmSync(it.repository, { recursive: true });
  await ensureRepository(it.repository, it.keys(), it.clock);
  const ids = REPLACED.map((role) => stealKey(it.keyDirectory, role).id);
  const host = { ...signingHost, clock: it.clock };
  it.keep((await revokeKeys(it.repository, it.keys(), ids, NO_EXTERNAL, host)).keyring);
};

describe("a repository that is lost", () => {
  const scratch = scratchDirectory("lost");
  const drill = () => openDrill(mkdtempSync(path.join(scratch, "drill-")));
  const nodeOf = (it: Drill) => {
    const node = nodeTrust(it.repository, mkdtempSync(path.join(scratch, "node-")), it.clock);
    return async (): Promise<readonly string[]> =>
      (await (await node.refresh()).releases("base", "x86_64")).map(({ version }) => version);
  };

  it("is made anew with its keys, and a node that knew it follows", async () => {
    await using it = await drill();
    const listed = nodeOf(it);
    for (const version of ["1", "2", "3"]) {
      await publish(it, version);
      await listed();
    }
    assert.deepEqual((await listed()).toSorted(), ["1", "2", "3"]);
    await makeAnew(it);
    await publish(it, "4");
    assert.deepEqual(await listed(), ["4"]);
  });

  it("is not believed where the keys are the same: its numbers begin anew", async () => {
    await using it = await drill();
    const store = mkdtempSync(path.join(scratch, "node-"));
    const node = nodeTrust(it.repository, store, it.clock);
    for (const version of ["1", "2", "3"]) await publish(it, version);
    await node.refresh();
    rmSync(it.repository, { recursive: true });
    await ensureRepository(it.repository, it.keys(), it.clock);
    assert.equal(await node.refusal(), "ROLLED_BACK");
  });

  it("is made anew after its root was replaced, where the directory of keys has that root", async () => {
    await using it = await drill();
    const listed = nodeOf(it);
    const host = { ...signingHost, clock: it.clock };
    it.keep(
      (await rotateKeys(it.repository, it.keys(), { role: "root" }, NO_EXTERNAL, host)).keyring,
    );
    await publish(it, "1");
    assert.deepEqual(await listed(), ["1"]);
    await makeAnew(it);
    await publish(it, "2");
    assert.deepEqual(await listed(), ["2"]);
  });
});
