/** A publisher that is killed, at whatever moment, leaves what was there before or all of what is new; and the next one finishes its work. */
import assert from "node:assert/strict";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { silentProgress, verifyRepository } from "@slipway/composer";
import { openRepository } from "@slipway/composer/testing";
import { linuxClock } from "@slipway/host";
import { before, describe, it } from "mocha";
import { interrupt } from "../support/build-process.ts";
import {
  requireRoot,
  run,
  scratchDirectory,
  SLIPWAY,
  slipway,
  succeeded,
} from "../support/release.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";

const KILLS = 30;
const COLLECTOR_KILLS = 6;

describe("a publisher that is killed", function () {
  this.timeout("15m");
  requireRoot();
  const scratch = scratchDirectory("kill");
  const at = (name: string): string => path.join(scratch, name);
  const clean = at("clean");
  let one = "";
  let two = "";
  let tookMs = 0;

  const publishTwo = (repo: string): readonly [string, ...string[]] => [
    ...SLIPWAY,
    ...["publish", two, "--repo", repo, "--keys", at("keys"), "--channel", "stable"],
  ];

  before("publish a first release, and see how long a second takes", async () => {
    one = await makeTinyRelease(at("out"), { version: "1" });
    two = await makeTinyRelease(at("out"), { version: "2" });
    const where = ["--repo", clean, "--keys", at("keys")];
    succeeded(await slipway("keys", "init", "--image", "base", ...where));
    succeeded(await slipway("publish", one, "--channel", "stable", ...where));
    cpSync(clean, at("measured"), { recursive: true });
    const begin = performance.now();
    succeeded(await run(publishTwo(at("measured"))));
    tookMs = performance.now() - begin;
  });

  const versionsOf = async (repo: string): Promise<readonly string[]> => {
    const { releases, channels } = await openRepository(repo, linuxClock.now());
    const versions = releases.map(({ manifest }) => manifest.version);
    assert.deepEqual(
      channels.flatMap(({ channel }) => channel.rollouts.map(({ version }) => version)),
      versions,
    );
    return versions;
  };

  const problemsOf = async (repo: string) =>
    (await verifyRepository({ repo, clock: linuxClock, progress: silentProgress })).problems;

  it(`has left a good repository at each of ${KILLS} moments, and the next one finishes`, async () => {
    const seen = new Map<string, number>();
    let killed = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const repo = at(`kill-${kill}`);
      cpSync(clean, repo, { recursive: true });
      // The first third of a run loads the program; moments are spread over the rest.
      const afterMs = tookMs * (0.3 + (0.75 * kill) / KILLS);
      const begin = performance.now();
      const ending = await interrupt(publishTwo(repo), {
        signal: "SIGKILL",
        to: "group",
        when: () => performance.now() - begin >= afterMs,
      });
      if (ending?.signal === "SIGKILL") killed += 1;
      const versions = (await versionsOf(repo)).join(" ");
      assert.ok(versions === "1" || versions === "1 2", versions);
      seen.set(versions, (seen.get(versions) ?? 0) + 1);
      assert.deepEqual(await problemsOf(repo), []);
      // All of them would finish; every tenth is asked to, for the time that it takes.
      if (kill % 10 === 0) {
        succeeded(await run(publishTwo(repo)));
        assert.equal(await versionsOf(repo).then((all) => all.join(" ")), "1 2");
        assert.deepEqual(await problemsOf(repo), []);
      }
      rmSync(repo, { recursive: true });
    }
    assert.ok(killed >= KILLS / 2, `${killed} of ${KILLS} were killed before they ended`);
    assert.ok((seen.get("1") ?? 0) > 0);
  });

  it("and a collector that is killed has left a good one too", async () => {
    const full = at("full");
    cpSync(clean, full, { recursive: true });
    succeeded(await run(publishTwo(full)));
    const policy = at("at-once.yaml");
    writeFileSync(policy, "waves: [{ percent: 100 }]\n");
    const keys = ["--keys", at("keys")];
    succeeded(
      await slipway(
        ...["publish", "--published", "base/2", "--channel", "stable", "--rollout", policy],
        ...["--repo", full, ...keys],
      ),
    );
    const collect = (repo: string) =>
      [...SLIPWAY, "repo", "gc", "--keep", "1", "--grace", "0", "--repo", repo, ...keys] as const;
    cpSync(full, at("gc-measured"), { recursive: true });
    const begin = performance.now();
    succeeded(await run(collect(at("gc-measured"))));
    const took = performance.now() - begin;
    assert.deepEqual(await versionsOf(at("gc-measured")), ["2"]);
    for (let kill = 0; kill < COLLECTOR_KILLS; kill += 1) {
      const repo = at(`gc-${kill}`);
      cpSync(full, repo, { recursive: true });
      const afterMs = took * (0.5 + (0.5 * kill) / COLLECTOR_KILLS);
      const start = performance.now();
      await interrupt(collect(repo), {
        signal: "SIGKILL",
        to: "group",
        when: () => performance.now() - start >= afterMs,
      });
      assert.ok(["1 2", "2"].includes((await versionsOf(repo)).join(" ")));
      assert.deepEqual(await problemsOf(repo), []);
      rmSync(repo, { recursive: true });
    }
  });

  it("and one that was interrupted by its terminal leaves nothing in the making", async () => {
    const repo = at("interrupted");
    cpSync(clean, repo, { recursive: true });
    const ending = await interrupt(publishTwo(repo), {
      signal: "SIGINT",
      to: "process",
      when: (said) => said.includes("frames of root"),
    });
    assert.ok(ending !== undefined, "it ended before");
    assert.equal(ending.status, 130, ending.stderr);
    assert.deepEqual(await versionsOf(repo), ["1"]);
    assert.deepEqual(await problemsOf(repo), []);
  });
});
