/** `slipway repo verify` finds every byte that is not as it was published, and `slipway repo gc` leaves nothing that it finds. */
import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { editRepository, refreshRepository, revokeKeys, rotateKeys } from "@slipway/composer";
import { openRepository } from "@slipway/composer/testing";
import { linuxExec } from "@slipway/host";
import { before, describe, it } from "mocha";
import { requireRoot, scratchDirectory, slipway } from "../support/release.ts";
import { makeRepository, stable, type TestRepository } from "../support/repository.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";

const DAY_MS = 86_400_000;

/** The files that clients can ask for. */
const servedFiles = (repo: string): readonly string[] =>
  ["metadata", "targets", "blobs"]
    .flatMap((folder) =>
      readdirSync(path.join(repo, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        path.posix.join(folder, name),
      ),
    )
    .filter((file) => statSync(path.join(repo, file)).isFile())
    .toSorted();

const flip = (file: string, at: number): void => {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
};

describe("a repository", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("verify");
  const out = path.join(scratch, "out");
  let repository: TestRepository;
  const releases: string[] = [];
  const at = (file: string): string => path.join(repository.repo, file);
  const problemFiles = async (): Promise<readonly string[]> =>
    (await repository.verify()).problems.map(({ file }) => file);

  before("publish four releases", async () => {
    repository = await makeRepository(scratch);
    for (const version of ["1", "2", "3", "4"]) {
      releases.push(await makeTinyRelease(out, { version }));
      await repository.publish(releases.slice(-1), { channel: stable, deltas: 1 });
    }
  });

  it("is good when nobody touched it, lists of earlier times included", async () => {
    const report = await repository.verify();
    assert.deepEqual([report.problems, report.strangers], [[], []]);
    assert.equal(report.checked.files, servedFiles(repository.repo).length);
    assert.deepEqual([report.checked.releases, report.checked.channels], [4, 1]);
  });

  it("names a file of whatever kind in which one bit is flipped, and no other", async () => {
    const files = servedFiles(repository.repo);
    const kinds = new Set<string>();
    const { releases: published } = await openRepository(repository.repo, repository.clock.now());
    const last = published.at(-1)?.manifest;
    assert.ok(last !== undefined);
    const named = [last.packages, last.sbom, ...last.transports.map((transport) => transport.file)];
    const ofOneRelease = new Set(named.map(({ sha256 }) => sha256));
    assert.equal(ofOneRelease.size, 8);
    for (const file of files) {
      const kind = file.replaceAll(/[0-9a-f]{64}/g, "HASH").replaceAll(/\d+/g, "N");
      const isBlob = file.startsWith("blobs/");
      // One of each kind of metadata and target. Blobs have no kind by name: all of one release.
      if (isBlob ? !ofOneRelease.has(path.basename(file)) : kinds.has(kind)) continue;
      kinds.add(kind);
      const { size } = statSync(at(file));
      const middle = Math.floor(size / 2);
      for (const place of isBlob ? [middle] : [0, middle, size - 1]) {
        flip(at(file), place);
        const found = await problemFiles();
        flip(at(file), place);
        assert.deepEqual(found, [file], `${file} at ${place}`);
      }
    }
    assert.ok(kinds.size >= 10, [...kinds].join());
    assert.deepEqual(await problemFiles(), []);
  });

  it("names the current files of which one is gone, cut short, or longer", async () => {
    const {
      metadata,
      releases: published,
      channels,
    } = await openRepository(repository.repo, repository.clock.now());
    const current = [
      ...metadata.files,
      ...published.map(({ file }) => file),
      ...channels.map(({ file }) => file),
    ];
    for (const [index, file] of current.entries()) {
      const bytes = readFileSync(at(file));
      const damages = [
        () => rmSync(at(file)),
        () => truncateSync(at(file), bytes.length - 1),
        () => writeFileSync(at(file), Buffer.concat([bytes, Buffer.from("\n")])),
      ];
      damages[index % damages.length]?.();
      const found = await problemFiles();
      writeFileSync(at(file), bytes);
      assert.ok(found.includes(file), file);
    }
    assert.deepEqual(await problemFiles(), []);
  });

  it("names what somebody put there who has no keys", async () => {
    const forged = readFileSync(at("metadata/timestamp.json"), "utf8").replace(
      '"version":',
      '"version":9',
    );
    cpSync(repository.repo, path.join(scratch, "copy"), { recursive: true });
    writeFileSync(at("metadata/timestamp.json"), forged);
    assert.deepEqual(await problemFiles(), ["metadata/timestamp.json"]);
    cpSync(path.join(scratch, "copy/metadata/timestamp.json"), at("metadata/timestamp.json"));
    writeFileSync(at("metadata/9.online.json"), readFileSync(at("metadata/2.online.json")));
    assert.deepEqual(await problemFiles(), ["metadata/9.online.json"]);
    rmSync(at("metadata/9.online.json"));
    mkdirSync(at("blobs/zz"));
    writeFileSync(at("blobs/zz/stranger"), "x");
    const report = await repository.verify();
    assert.deepEqual([report.problems, report.strangers], [[], ["blobs/zz/stranger"]]);
    rmSync(at("blobs/zz"), { recursive: true });
  });

  it("says what has expired, until it is signed again", async () => {
    const other = await makeRepository(path.join(scratch, "expiring"));
    other.clock.advance(8 * DAY_MS);
    const { problems } = await other.verify();
    assert.deepEqual(
      problems.map(({ file, kind }) => `${kind} ${file}`),
      ["expired metadata/timestamp.json"],
    );
    await refreshRepository(
      other.repo,
      other.keyring,
      ["timestamp", "snapshot", "online"],
      other.clock,
    );
    assert.deepEqual((await other.verify()).problems, []);
  });

  it("stays good when keys are replaced, whatever role they are of", async () => {
    const other = await makeRepository(path.join(scratch, "rotated"));
    await other.publish(releases.slice(0, 1), { channel: stable });
    const host = { exec: linuxExec, environment: {}, clock: other.clock };
    const none = { external: [] };
    let { keyring } = other;
    const verdict = async (role: string): Promise<void> => {
      assert.deepEqual((await other.verify()).problems, [], role);
    };
    for (const role of [
      "timestamp",
      "snapshot",
      "online",
      "image-base",
      "targets",
      "root",
    ] as const) {
      ({ keyring } = await rotateKeys(other.repo, keyring, { role }, none, host));
      await verdict(`${role} rotated`);
      await refreshRepository(
        other.repo,
        keyring,
        ["timestamp", "snapshot", "online"],
        other.clock,
      );
      await verdict(`${role} rotated, and refreshed`);
    }
    const [stolen] = [...keyring.index.keys.values()].filter(({ role }) => role === "timestamp");
    assert.ok(stolen !== undefined);
    ({ keyring } = await revokeKeys(other.repo, keyring, [stolen.key.keyID], none, host));
    await verdict("revoked");
  });

  it("has its verdict as the command's status, and each file on a line", async () => {
    // The command has the clock of this machine, at which the releases' lists are not from the same day.
    const { stdout } = await slipway("repo", "verify", "--repo", repository.repo, "--json");
    const broken = (text: string): readonly unknown[] =>
      (JSON.parse(text) as { problems: { kind: string; file: string }[] }).problems
        .filter(({ kind }) => kind === "broken")
        .map(({ file }) => file);
    assert.deepEqual(broken(stdout), []);
    const [blob = ""] = servedFiles(repository.repo).filter((file) => file.startsWith("blobs/"));
    flip(at(blob), 7);
    const bad = await slipway("repo", "verify", "--repo", repository.repo, "--json");
    assert.deepEqual([bad.status, broken(bad.stdout)], [1, [blob]]);
    const text = await slipway("repo", "verify", "--repo", repository.repo);
    assert.match(text.stdout, new RegExp(`^BROKEN ${blob} is not what its name says`, "m"));
    flip(at(blob), 7);
    const none = await slipway("repo", "verify", "--repo", path.join(scratch, "out"));
    assert.deepEqual([none.status, none.stdout], [1, ""]);
    assert.match(none.stderr, /NOT_A_REPOSITORY/);
  });

  it("loses old releases to gc, and their files only after the grace", async () => {
    const size = servedFiles(repository.repo).length;
    const forecast = await repository.gc(2, { dryRun: true, graceSeconds: 3600 });
    assert.equal(servedFiles(repository.repo).length, size);
    const first = await repository.gc(2, { graceSeconds: 3600 });
    assert.deepEqual(first.releases, forecast.releases);
    assert.deepEqual(first.releases, [
      "releases/base/1/x86_64.json",
      "releases/base/2/x86_64.json",
    ]);
    assert.deepEqual(first.channels, ["base/stable"]);
    assert.equal(first.files.removed, 0);
    assert.ok(first.files.waiting >= forecast.files.waiting && forecast.files.waiting > 0);
    assert.deepEqual(await problemFiles(), []);

    repository.clock.advance(3599_000);
    assert.equal((await repository.gc(2, { graceSeconds: 3600 })).files.removed, 0);
    repository.clock.advance(1000);
    const last = await repository.gc(2, { graceSeconds: 3600 });
    assert.ok(last.files.removed >= first.files.waiting);
    const report = await repository.verify();
    assert.deepEqual([report.problems, report.strangers], [[], []]);
    assert.equal(report.checked.releases, 2);
    const { releases: kept } = await openRepository(repository.repo, repository.clock.now());
    assert.deepEqual(
      kept.map(({ manifest }) => manifest.version),
      ["3", "4"],
    );
    // Of what is left nothing is unnamed.
    assert.deepEqual((await repository.gc(2)).files, {
      removed: 0,
      removedBytes: 0,
      waiting: 0,
      waitingBytes: 0,
    });
  });

  it("takes a release that was collected as one that nobody published", async () => {
    await repository.publish(releases.slice(0, 1), { deltas: 0 });
    assert.deepEqual(await problemFiles(), []);
  });

  it("keeps the oldest root through every gc, for nodes that slept for years", async () => {
    await editRepository(
      repository.repo,
      repository.keyring,
      () => ({ put: [], remove: [] }),
      repository.clock,
    );
    await repository.gc(1);
    assert.ok(servedFiles(repository.repo).includes("metadata/1.root.json"));
  });
});
