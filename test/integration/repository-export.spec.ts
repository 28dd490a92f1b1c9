/** One release as one file: read by tar, by the receiver's archive source, and whole. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportRelease, silentProgress } from "@slipway/composer";
import { archiveSource, type FetchRequest } from "@slipway/receiver";
import { parseManifestFile } from "@slipway/release";
import { before, describe, it } from "mocha";
import { requireRoot, run, scratchDirectory, succeeded } from "../support/release.ts";
import { makeRepository, stable, type TestRepository } from "../support/repository.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";
import { serveFiles, tufClient } from "../support/tuf-client.ts";

type Choice = Partial<Parameters<typeof exportRelease>[0]>;

describe("an export", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("export");
  const at = (name: string): string => path.join(scratch, name);
  let repository: TestRepository;

  before("publish two releases", async () => {
    repository = await makeRepository(scratch);
    // A version as long as versions get: its manifest's name is longer than tar's field for names.
    for (const version of ["1", `2.${"0".repeat(62)}`])
      await repository.publish([await makeTinyRelease(at("out"), { version })], {
        channel: stable,
      });
  });

  const write = (file: string, choice: Choice = {}) =>
    exportRelease({
      repo: repository.repo,
      file: at(file),
      image: "base",
      architecture: "x86_64",
      by: { kind: "newest" },
      deltas: false,
      clock: repository.clock,
      progress: silentProgress,
      ...choice,
    });

  const namesIn = async (file: string): Promise<readonly string[]> =>
    succeeded(await run(["tar", "-tf", at(file)]))
      .stdout.trim()
      .split("\n");

  const fetchAll = async (
    file: string,
    request: Partial<FetchRequest> & Pick<FetchRequest, "path">,
  ): Promise<Buffer> => {
    const parts: Uint8Array[] = [];
    for await (const part of archiveSource(at(file)).fetch({ mostBytes: 2 ** 30, ...request }))
      parts.push(part);
    return Buffer.concat(parts);
  };

  it("is a tar of the repository's own files, with all that a node asks for and no more", async () => {
    await write("newest.tar");
    const names = await namesIn("newest.tar");
    for (const name of names)
      assert.ok(
        (await fetchAll("newest.tar", { path: name })).equals(
          readFileSync(path.join(repository.repo, name)),
        ),
        name,
      );
    for (const name of ["metadata/1.root.json", "metadata/timestamp.json"])
      assert.ok(names.includes(name));
    mkdirSync(at("unpacked"));
    succeeded(await run(["tar", "-xf", at("newest.tar"), "-C", at("unpacked")]));
    await using server = await serveFiles(at("unpacked"));
    const client = tufClient(
      scratch,
      server.url,
      readFileSync(at("unpacked/metadata/1.root.json")),
    );
    const now = repository.clock.now();
    const target = `releases/base/2.${"0".repeat(62)}/x86_64.json`;
    const manifest = parseManifestFile(Buffer.from((await client.read(target, now)) ?? ""));
    assert.ok(manifest.ok);
    assert.match((await client.read("channels/base/stable.json", now)) ?? "", /stable/);
    const blobs = names.filter((name) => name.startsWith("blobs/"));
    const full = manifest.value.transports.filter(({ from }) => from === undefined);
    // Beside them its packages, its SBOM and the list of what is in it.
    assert.equal(blobs.length, full.length + 3);
    // The same repository gives the same archive.
    await write("again.tar");
    assert.ok(readFileSync(at("again.tar")).equals(readFileSync(at("newest.tar"))));
  });

  it("has deltas where they are wanted, and the release that is meant", async () => {
    await write("deltas.tar", { deltas: true });
    assert.ok((await namesIn("deltas.tar")).length > (await namesIn("newest.tar")).length);
    await write("one.tar", { by: { kind: "version", version: "1" } });
    assert.ok(
      (await namesIn("one.tar")).some((name) => name.startsWith("targets/releases/base/1/")),
    );
    const by = { kind: "channel", channel: "stable" } as const;
    assert.equal((await write("channel.tar", { by })).version, `2.${"0".repeat(62)}`);
  });

  it("is refused for what is not there, and over a file that is", async () => {
    await assert.rejects(write("x.tar", { by: { kind: "version", version: "9" } }), {
      code: "NOT_PUBLISHED",
    });
    await assert.rejects(write("x.tar", { by: { kind: "channel", channel: "beta" } }), {
      code: "NOT_PUBLISHED",
    });
    await assert.rejects(write("x.tar", { architecture: "aarch64" }), { code: "NOT_PUBLISHED" });
    await assert.rejects(write("newest.tar"), { code: "OUTPUT_OCCUPIED" });
  });

  it("does not carry on what is damaged", async () => {
    const [blob = ""] = (await namesIn("newest.tar")).filter((name) => name.startsWith("blobs/"));
    const file = path.join(repository.repo, blob);
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.concat([Buffer.from([(bytes[0] ?? 0) ^ 1]), bytes.subarray(1)]));
    await assert.rejects(write("damaged.tar"), { code: "REPOSITORY_INVALID" });
    writeFileSync(file, bytes);
    assert.throws(() => statSync(at("damaged.tar")), { code: "ENOENT" });
    assert.throws(() => statSync(at("damaged.tar.part")), { code: "ENOENT" });
  });

  it("is read by ranges, and never more than was asked for", async () => {
    const names = await namesIn("newest.tar");
    const name = names.find((one) => one.startsWith("blobs/")) ?? "";
    const whole = readFileSync(path.join(repository.repo, name));
    const range = { offset: 5, length: 17 };
    assert.ok((await fetchAll("newest.tar", { path: name, range })).equals(whole.subarray(5, 22)));
    for (const [code, request] of [
      ["NOT_FOUND", { path: "metadata/99.root.json" }],
      ["NOT_FOUND", { path: "../keys/keys.json" }],
      ["TOO_LARGE", { path: name, mostBytes: whole.length - 1 }],
      ["BAD_ANSWER", { path: name, range: { offset: whole.length, length: 1 } }],
      ["BAD_ANSWER", { path: name, range: { offset: -1, length: 1 } }],
      ["ABORTED", { path: name, signal: AbortSignal.abort() }],
    ] as const)
      await assert.rejects(fetchAll("newest.tar", request), { code }, JSON.stringify(request));
    await assert.rejects(fetchAll("nowhere.tar", { path: name }), { code: "UNREACHABLE" });
  });

  it("that was cut off, or is something else, is refused as such", async () => {
    await write("cut.tar", { by: { kind: "version", version: "1" } });
    truncateSync(at("cut.tar"), statSync(at("cut.tar")).size - 2000);
    await assert.rejects(fetchAll("cut.tar", { path: "metadata/timestamp.json" }), {
      code: "BAD_ANSWER",
    });
    writeFileSync(at("text.tar"), "no archive ".repeat(200));
    await assert.rejects(fetchAll("text.tar", { path: "metadata/timestamp.json" }), {
      code: "BAD_ANSWER",
      message: /no archive|checksum/,
    });
  });
});
