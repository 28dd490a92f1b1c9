/** A mirror that takes the timestamp first and puts it there last is good at every moment, while releases are published. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { silentProgress, verifyRepository } from "@slipway/composer";
import { before, describe, it } from "mocha";
import { requireRoot, run, scratchDirectory, succeeded } from "../support/release.ts";
import { makeRepository, stable } from "../support/repository.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";

describe("a mirror", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("mirror");
  const releases: string[] = [];

  before("make releases", async () => {
    for (const version of ["1", "2", "3", "4"])
      releases.push(await makeTinyRelease(path.join(scratch, "out"), { version }));
  });

  it("is good whenever it was copied, while releases come and go", async () => {
    const { repo, clock, publish, gc } = await makeRepository(scratch);
    const timestamp = "metadata/timestamp.json";
    const mirrorInto = async (mirror: string): Promise<void> => {
      mkdirSync(path.join(mirror, "metadata"), { recursive: true });
      const first = readFileSync(path.join(repo, timestamp));
      const folders = "$(ls | grep -E '^(metadata|targets|blobs)$')";
      const copy = `tar -cf - --exclude='.*' --exclude=timestamp.json ${folders} | tar -xf - -C ${mirror}`;
      succeeded(await run(["sh", "-c", copy], { cwd: repo }));
      writeFileSync(path.join(mirror, timestamp), first);
    };
    let isDone = false;
    const working = (async () => {
      for (const release of releases) {
        await publish([release], { channel: stable, deltas: 1 });
        await gc(2, { graceSeconds: 86_400 });
      }
    })().finally(() => {
      isDone = true;
    });
    const mirror = path.join(scratch, "mirror");
    const sizes = new Set<number>();
    try {
      while (!isDone) {
        await mirrorInto(mirror);
        const report = await verifyRepository({ repo: mirror, clock, progress: silentProgress });
        assert.deepEqual(report.problems, []);
        sizes.add(report.checked.releases);
      }
    } finally {
      await working;
    }
    assert.ok(sizes.size > 1, "nothing was published while it was copied");
  });
});
