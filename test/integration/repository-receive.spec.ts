/** What is published reaches a node's slot: from nginx, and from an export, by the receiver as the agent calls it. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportRelease, silentProgress } from "@slipway/composer";
import { openFileSource } from "@slipway/composer/testing";
import { linuxBlockDevices, linuxClock, linuxDurableDirectory, linuxFiles } from "@slipway/host";
import {
  archiveSource,
  DEFAULT_FETCH_LIMITS,
  httpSource,
  openTrust,
  type RepositorySource,
  type Seed,
  stage,
  type Staged,
} from "@slipway/receiver";
import { before, describe, it } from "mocha";
import { startNginx } from "../support/nginx.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";
import { makeRepository, stable, type TestRepository } from "../support/repository.ts";
import { requireTools } from "../support/require-tools.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";

describe("a published release", function () {
  this.timeout("10m");
  requireRoot();
  requireTools("nginx");
  const scratch = scratchDirectory("receive");
  let repository: TestRepository;
  let one = "";
  let two = "";

  before("publish two releases", async () => {
    repository = await makeRepository(scratch);
    one = await makeTinyRelease(path.join(scratch, "out"), { version: "1" });
    two = await makeTinyRelease(path.join(scratch, "out"), { version: "2" });
    await repository.publish([one], { channel: stable });
    await repository.publish([two], { channel: stable });
  });

  /** A node looks at its channel, and stages the newest release on it. */
  const update = async (
    name: string,
    source: RepositorySource,
    seeds: readonly Seed[],
  ): Promise<Staged> => {
    const at = (file: string): string => path.join(scratch, name, file);
    mkdirSync(at("trust"), { recursive: true, mode: 0o700 });
    mkdirSync(at("efi"));
    const trust = await openTrust({
      store: linuxDurableDirectory(at("trust")),
      initialRoot: readFileSync(path.join(repository.repo, "metadata/1.root.json")),
      sources: [source],
      clock: repository.clock,
      buildDate: new Date("2026-01-01T00:00:00Z"),
      log: () => undefined,
    });
    const view = await trust.refresh();
    const version = (await view.channel("base", "stable")).rollouts.at(-1)?.version;
    const releases = await view.releases("base", "x86_64");
    const chosen = releases.find((release) => release.version === version);
    assert.ok(chosen !== undefined);
    const manifest = await view.manifest(chosen);
    for (const [file, { size }] of [
      ["slot", manifest.root],
      ["slot-verity", manifest.verity],
    ] as const) {
      writeFileSync(at(file), "");
      truncateSync(at(file), size + 65_536);
    }
    const staged = await stage({
      manifest,
      sources: [source],
      seeds,
      target: { slot: "b", root: at("slot"), verity: at("slot-verity"), uki: at("efi/new") },
      bootedRoothash: "00",
      journal: at("stage"),
      devices: linuxBlockDevices,
      files: linuxFiles,
      limits: DEFAULT_FETCH_LIMITS,
      clock: linuxClock,
      random: () => 0.5,
      log: () => undefined,
    });
    for (const [file, artifact] of [
      ["slot", "root.erofs"],
      ["slot-verity", "root.verity"],
      ["efi/new", "uki.efi"],
    ] as const) {
      const expected = readFileSync(path.join(two, artifact));
      assert.ok(readFileSync(at(file)).subarray(0, expected.length).equals(expected), artifact);
    }
    return staged;
  };

  const seedsOf = async (directory: string): Promise<readonly (Seed & AsyncDisposable)[]> => {
    const manifest = JSON.parse(readFileSync(path.join(directory, "manifest.json"), "utf8")) as {
      artifacts: Record<string, { sha256: string }>;
    };
    return Promise.all(
      (
        [
          ["root", "root.erofs"],
          ["uki", "uki.efi"],
        ] as const
      ).map(async ([of, file]) => {
        const bytes = await openFileSource(path.join(directory, file));
        return {
          of,
          sha256: manifest.artifacts[file]?.sha256 ?? "",
          bytes,
          [Symbol.asyncDispose]: () => bytes[Symbol.asyncDispose](),
        };
      }),
    );
  };

  it("goes from nginx into an empty slot", async () => {
    await using server = await startNginx(path.join(scratch, "nginx"), repository.repo);
    const source = httpSource(`http://127.0.0.1:${server.port}`, { userAgent: "slipway-test" });
    assert.ok((await update("http", source, [])).root !== undefined);
  });

  it("goes from nginx as a delta where the node has the release before it", async () => {
    await using server = await startNginx(path.join(scratch, "nginx"), repository.repo);
    const source = httpSource(`http://127.0.0.1:${server.port}`, { userAgent: "slipway-test" });
    await using seeds = new AsyncDisposableStack();
    const held = (await seedsOf(one)).map((seed) => seeds.use(seed));
    const staged = await update("delta", source, held);
    assert.match(staged.root ?? "", /delta from 1/);
  });

  it("goes from an export without a network", async () => {
    const file = path.join(scratch, "base.tar");
    await exportRelease({
      repo: repository.repo,
      file,
      image: "base",
      architecture: "x86_64",
      by: { kind: "channel", channel: "stable" },
      deltas: false,
      clock: repository.clock,
      progress: silentProgress,
    });
    assert.ok((await update("offline", archiveSource(file), [])).root !== undefined);
  });
});
