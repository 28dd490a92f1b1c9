/** Publishing small real releases, judged by a TUF client that is none of ours, and by applying what was published. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { editRepository, type EditTargets, type Progress, silentProgress } from "@slipway/composer";
import { openRepository } from "@slipway/composer/testing";
import {
  applyDelta,
  type ByteSource,
  encodeChannel,
  parseManifestFile,
  pauseRollout,
  type ReleaseManifest,
} from "@slipway/release";
import { before, describe, it } from "mocha";
import { requireRoot, scratchDirectory } from "../support/release.ts";
import { AT_ONCE, makeRepository, stable, type TestRepository } from "../support/repository.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";
import { serveFiles, tufClient } from "../support/tuf-client.ts";

const blobOf = (repo: string, sha256: string): Buffer =>
  readFileSync(path.join(repo, "blobs", sha256.slice(0, 2), sha256));

const sourceOf = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

/** What a client that begins with the first root is told of a release. */
const manifestFrom = async (
  scratch: string,
  { repo, clock }: TestRepository,
  version: string,
  architecture = "x86_64",
): Promise<ReleaseManifest | undefined> => {
  await using server = await serveFiles(repo);
  const root = readFileSync(path.join(repo, "metadata/1.root.json"));
  const client = tufClient(scratch, server.url, root);
  const text = await client.read(`releases/base/${version}/${architecture}.json`, clock.now());
  if (text === undefined) return undefined;
  const decoded = parseManifestFile(Buffer.from(text));
  assert.ok(decoded.ok);
  return decoded.value;
};

const channelVersions = async ({ repo, clock }: TestRepository, name: string) =>
  (await openRepository(repo, clock.now())).channels
    .filter(({ channel }) => channel.name === name)
    .flatMap(({ channel }) => channel.rollouts.map(({ version }) => version));

describe("publishing", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("publish");
  const out = path.join(scratch, "out");
  let one = "";
  let two = "";
  let arm = "";
  let repository: TestRepository;

  before("make releases", async () => {
    one = await makeTinyRelease(out, { version: "1" });
    two = await makeTinyRelease(out, { version: "2" });
    arm = await makeTinyRelease(out, { version: "2", architecture: "aarch64" });
    repository = await makeRepository(path.join(scratch, "first"));
  });

  it("makes a release that a client finds, with every file that its manifest names", async () => {
    const report = await repository.publish([one], { channel: stable });
    assert.deepEqual(
      [report.image, report.version, report.channel],
      ["base", "1", { name: "stable", outcome: "changed" }],
    );
    const manifest = await manifestFrom(scratch, repository, "1");
    assert.ok(manifest !== undefined);
    assert.deepEqual(
      manifest.transports.map(({ of, format }) => `${of} ${format}`),
      ["root frames-1", "root index-1", "uki frames-1", "uki index-1"],
    );
    for (const { file } of [
      ...manifest.transports,
      { file: manifest.packages },
      { file: manifest.sbom },
    ]) {
      const bytes = blobOf(repository.repo, file.sha256);
      assert.equal(bytes.length, file.size);
      assert.equal(createHash("sha256").update(bytes).digest("hex"), file.sha256);
    }
    assert.deepEqual((await repository.verify()).problems, []);
  });

  it("of the same bytes again does nothing, and says so", async () => {
    const timestamp = readFileSync(path.join(repository.repo, "metadata/timestamp.json"));
    const report = await repository.publish([one], { channel: { name: "stable" } });
    assert.deepEqual(
      report.releases.map(({ outcome }) => outcome),
      ["unchanged"],
    );
    assert.deepEqual(report.channel, { name: "stable", outcome: "unchanged" });
    assert.deepEqual(
      readFileSync(path.join(repository.repo, "metadata/timestamp.json")),
      timestamp,
    );
  });

  it("of other bytes under a version that is published is refused", async () => {
    const other = await makeTinyRelease(path.join(scratch, "other"), {
      version: "1",
      flavour: "x",
    });
    await assert.rejects(repository.publish([other]), { code: "ALREADY_PUBLISHED" });
    await assert.rejects(repository.publish([one], { securityEpoch: 7 }), {
      code: "ALREADY_PUBLISHED",
    });
  });

  it("makes deltas from what was published before, made again from its own frames", async () => {
    renameSync(one, `${one}.away`);
    try {
      await repository.publish([two], { channel: stable });
    } finally {
      renameSync(`${one}.away`, one);
    }
    const manifest = await manifestFrom(scratch, repository, "2");
    const deltas = manifest?.transports.filter(({ from }) => from?.version === "1") ?? [];
    assert.deepEqual(
      deltas.map(({ of }) => of),
      ["root", "uki"],
    );
    for (const { of, file, from } of deltas) {
      const name = of === "root" ? "root.erofs" : "uki.efi";
      const [old, now] = [readFileSync(path.join(one, name)), readFileSync(path.join(two, name))];
      assert.equal(from?.sha256, createHash("sha256").update(old).digest("hex"));
      const made: Buffer[] = [];
      const sink = { write: async (bytes: Uint8Array) => void made.push(Buffer.from(bytes)) };
      const delta = sourceOf(blobOf(repository.repo, file.sha256));
      await applyDelta({ source: sourceOf(old), delta, sink });
      assert.ok(Buffer.concat(made).equals(now), of);
    }
    assert.deepEqual(readdirSync(path.join(repository.repo, ".slipway/making")), []);
  });

  it("takes another architecture of a version later, and claims none that it does not have", async () => {
    assert.equal(await manifestFrom(scratch, repository, "2", "aarch64"), undefined);
    const report = await repository.publish([two, arm]);
    assert.deepEqual(
      report.releases.map(({ architecture, outcome }) => `${architecture} ${outcome}`),
      ["x86_64 unchanged", "aarch64 published"],
    );
    assert.equal(
      (await manifestFrom(scratch, repository, "2", "aarch64"))?.architecture,
      "aarch64",
    );
  });

  it("puts several architectures there at once", async () => {
    const other = await makeRepository(path.join(scratch, "both"));
    await other.publish([arm, two], { channel: stable });
    assert.ok((await manifestFrom(scratch, other, "2")) !== undefined);
    assert.ok((await manifestFrom(scratch, other, "2", "aarch64")) !== undefined);
    await assert.rejects(other.publish([one, two]), { code: "NOT_A_RELEASE" });
    await assert.rejects(other.publish([two, two]), { code: "NOT_A_RELEASE" });
  });

  it("takes a published version to another channel without its directory", async () => {
    const published = { image: "base", version: "2" };
    await repository.publish([], { published, channel: { name: "lts", policy: AT_ONCE } });
    assert.deepEqual(await channelVersions(repository, "lts"), ["2"]);
    assert.deepEqual(await channelVersions(repository, "stable"), ["1", "2"]);
    await assert.rejects(
      repository.publish([], {
        published: { image: "base", version: "9" },
        channel: { name: "lts" },
      }),
      { code: "NOT_PUBLISHED", hint: /there are 1, 2/ },
    );
  });

  it("refuses to take an offer away, unless that is meant", async () => {
    const published = { image: "base", version: "2" };
    const later = { waves: [{ share: 100, duration: 3600, soak: 0 }], groups: new Map() };
    const options = { published, channel: { name: "lts", policy: later } };
    await assert.rejects(repository.publish([], options), { code: "OFFERS_LOST" });
    const report = await repository.publish([], { ...options, acceptLostOffers: true });
    assert.deepEqual(
      report.warnings.map(({ rule }) => rule),
      ["offer-lost", "never-complete"],
    );
  });

  it("refuses a falling security epoch on a channel, before any work", async () => {
    const other = await makeRepository(path.join(scratch, "epochs"));
    await other.publish([one], { channel: stable, securityEpoch: 5 });
    await assert.rejects(other.publish([two], { channel: stable, securityEpoch: 4 }), {
      code: "CHANNEL_REFUSED",
      message: /security epoch 4/,
    });
    await other.publish([two], { channel: stable });
    assert.equal((await manifestFrom(scratch, other, "2"))?.securityEpoch, 5);
  });

  it("refuses what clients would not read, before any work", async () => {
    const other = await makeRepository(path.join(scratch, "unreadable"));
    const waves = Array.from({ length: 51 }, (_, index) => ({
      share: index + 1,
      duration: 0,
      soak: 0,
    }));
    const channel = { name: "stable", policy: { waves, groups: new Map() } };
    await assert.rejects(other.publish([one], { channel }), { code: "CHANNEL_REFUSED" });
    const long = await makeTinyRelease(out, { version: "9".repeat(65) });
    await assert.rejects(other.publish([long]), { code: "NOT_A_RELEASE", message: /version/ });
    assert.ok(!readdirSync(other.repo).includes("blobs"));
  });

  it("asks for the keys that it is going to need, and no others, before any work", async () => {
    const other = await makeRepository(path.join(scratch, "keys"));
    const hide = (role: string): void => {
      for (const name of readdirSync(other.keys))
        if (name.startsWith(`${role}-`))
          renameSync(path.join(other.keys, name), path.join(scratch, name));
    };
    for (const role of ["root", "targets", "online"]) hide(role);
    await assert.rejects(other.publish([one], { channel: stable }), {
      code: "KEY_MISSING",
      message: /cannot sign for online$/,
    });
    assert.ok(!readdirSync(other.repo).includes("blobs"));
    await other.publish([one]);
    hide("image-base");
    await assert.rejects(other.publish([two]), { code: "KEY_MISSING", message: /image-base$/ });
    await other.publish([one]);
  });

  it("refuses a directory whose file is not the one of its manifest", async () => {
    for (const name of [
      "root.erofs",
      "uki.efi",
      "packages.json",
      "sbom.spdx.json",
      "root.verity",
    ]) {
      const bad = await makeTinyRelease(path.join(scratch, `bad-${name}`), { version: "7" });
      appendFileSync(path.join(bad, name), "x");
      await assert.rejects(repository.publish([bad]), {
        code: "NOT_A_RELEASE",
        message: new RegExp(`${name} has`),
      });
    }
    assert.deepEqual((await repository.verify()).problems, []);
  });

  it("notices when somebody builds into the directory meanwhile", async () => {
    const touched = await makeTinyRelease(path.join(scratch, "touched"), { version: "7" });
    const progress: Progress = {
      ...silentProgress,
      task: (name, detail, work) => {
        if (name.startsWith("frames of uki")) appendFileSync(path.join(touched, "root.erofs"), "x");
        return silentProgress.task(name, detail, work);
      },
    };
    await assert.rejects(repository.publish([touched], { progress, deltas: 0 }), {
      code: "NOT_A_RELEASE",
      message: /root\.erofs was written to while it was published$/,
    });
    assert.equal(await manifestFrom(scratch, repository, "7"), undefined);
  });

  it("makes no delta when none is wanted, and one from a directory that was never published", async () => {
    const other = await makeRepository(path.join(scratch, "from"));
    await other.publish([one], { channel: stable });
    const none = await other.publish([two], { deltas: 0 });
    assert.ok(none.releases[0]?.transports.every(({ from }) => from === undefined));
    const elsewhere = await makeTinyRelease(path.join(scratch, "elsewhere"), { version: "0.9" });
    const three = await makeTinyRelease(out, { version: "3" });
    const report = await other.publish([three], { from: [one, elsewhere], channel: stable });
    const versions = report.releases[0]?.transports.flatMap(({ from }) => from?.version ?? []);
    assert.deepEqual([...new Set(versions)], ["1", "0.9"]);
  });

  it("is done by one at a time", async () => {
    const other = await makeRepository(path.join(scratch, "busy"));
    const both = await Promise.allSettled([other.publish([one]), other.publish([two])]);
    const codes = both.map((one) =>
      one.status === "rejected" ? (one.reason as { code?: string }).code : "done",
    );
    assert.deepEqual(codes.toSorted(), ["REPOSITORY_BUSY", "done"]);
  });

  it("keeps what somebody did to the channel while it worked", async () => {
    const other = await makeRepository(path.join(scratch, "edited"));
    await other.publish([one], { channel: stable });
    const pause = async (): Promise<void> => {
      const [found] = (await openRepository(other.repo, other.clock.now())).channels;
      assert.ok(found !== undefined);
      const rollouts = found.channel.rollouts.map((rollout) => pauseRollout(rollout, 1, "looking"));
      const bytes = Buffer.from(encodeChannel({ ...found.channel, rollouts }));
      const put = [{ path: found.target, bytes }];
      await editRepository(other.repo, other.keyring, () => ({ put, remove: [] }), other.clock);
    };
    const edit: EditTargets = async (decide) => {
      await pause();
      return editRepository(other.repo, other.keyring, decide, other.clock);
    };
    await other.publish([two], { channel: stable, edit });
    const [found] = (await openRepository(other.repo, other.clock.now())).channels;
    assert.deepEqual(
      found?.channel.rollouts.map(({ version, hold }) => [version, hold?.kind]),
      [
        ["1", "paused"],
        ["2", undefined],
      ],
    );
  });
});
