/** What whoever signs a repository does, and what a TUF client that is not ours makes of it. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { commitTargets } from "@slipway/composer";
import { scratchDirectory } from "../support/release.ts";
import { channel, openDrill, release } from "../support/trust-drill.ts";

describe("a signed repository", () => {
  const scratch = scratchDirectory("trust");
  const drill = () => openDrill(mkdtempSync(path.join(scratch, "drill-")));

  it("shows a client what was published, and nothing else", async () => {
    await using it = await drill();
    const client = it.client();
    assert.equal(await client.find(release("1").path, it.clock.now()), undefined);
    await commitTargets(it.repository, it.keys(), { put: [release("1")], remove: [] }, it.clock);
    const found = await client.find(release("1").path, it.clock.now());
    assert.deepEqual(found?.custom, { slipway: { version: "1" } });
    assert.equal(await client.read(release("1").path, it.clock.now()), "release 1");
    assert.equal(await client.find(release("2").path, it.clock.now()), undefined);
  });

  it("changes with its channels, which need no other key than theirs", async () => {
    await using it = await drill();
    const client = it.client();
    it.hide("image-base", "targets", "root");
    for (const text of ["first", "second"]) {
      const { changed } = await commitTargets(
        it.repository,
        it.keys(),
        { put: [channel(text)], remove: [] },
        it.clock,
      );
      assert.deepEqual(changed, ["online", "snapshot", "timestamp"]);
      assert.equal(await client.read(channel(text).path, it.clock.now()), text);
    }
  });
});
