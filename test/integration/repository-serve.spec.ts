/** A repository behind web servers: our own and Debian's nginx, asked in the same words. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Answered, serveRepository } from "@slipway/composer";
import { openRepository } from "@slipway/composer/testing";
import { before, describe, it } from "mocha";
import { ask, type Served, startNginx } from "../support/nginx.ts";
import { requireRoot, scratchDirectory, SLIPWAY } from "../support/release.ts";
import { makeRepository, stable, type TestRepository } from "../support/repository.ts";
import { requireTools } from "../support/require-tools.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";
import { tufClient } from "../support/tuf-client.ts";

describe("a repository behind a web server", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("serve");
  let repository: TestRepository;
  let blob = "";
  let bytes: Buffer = Buffer.alloc(0);

  before("publish two releases", async () => {
    repository = await makeRepository(scratch);
    for (const version of ["1", "2~rc1"])
      await repository.publish([await makeTinyRelease(path.join(scratch, "out"), { version })], {
        channel: stable,
      });
    const { releases } = await openRepository(repository.repo, repository.clock.now());
    const frames = releases[0]?.manifest.transports.find(({ format }) => format === "frames-1");
    const sha256 = frames?.file.sha256 ?? "";
    blob = `/blobs/${sha256.slice(0, 2)}/${sha256}`;
    bytes = readFileSync(path.join(repository.repo, blob));
  });

  const servers: readonly (readonly [string, () => Promise<Served>])[] = [
    [
      "slipway repo serve",
      () => serveRepository({ repo: repository.repo, host: "127.0.0.1", port: 0 }),
    ],
    ["nginx", () => startNginx(path.join(scratch, "nginx"), repository.repo)],
  ];
  for (const [name, start] of servers) {
    describe(name, () => {
      if (name === "nginx") requireTools("nginx");

      it("gives files, and exactly the bytes of a range", async () => {
        await using server = await start();
        const whole = await ask(server.port, blob);
        assert.deepEqual([whole.status, whole.headers["accept-ranges"]], [200, "bytes"]);
        assert.ok(whole.body.equals(bytes));
        for (const [range, from, to] of [
          ["bytes=0-0", 0, 1],
          ["bytes=100-4195", 100, 4196],
          [`bytes=${bytes.length - 1}-`, bytes.length - 1, bytes.length],
          ["bytes=-7", bytes.length - 7, bytes.length],
        ] as const) {
          const part = await ask(server.port, blob, { range });
          assert.deepEqual(
            [part.status, part.headers["content-range"]],
            [206, `bytes ${from}-${to - 1}/${bytes.length}`],
          );
          assert.ok(part.body.equals(bytes.subarray(from, to)), range);
        }
        const beyond = await ask(server.port, blob, { range: `bytes=${bytes.length}-` });
        assert.deepEqual(
          [beyond.status, beyond.headers["content-range"]],
          [416, `bytes */${bytes.length}`],
        );
      });

      it("says by a tag whether a file is still the same", async () => {
        await using server = await start();
        const { headers } = await ask(server.port, "/metadata/timestamp.json", {}, "HEAD");
        const { etag = "" } = headers;
        assert.match(etag, /^"[^"]+"$/);
        const same = await ask(server.port, "/metadata/timestamp.json", { "if-none-match": etag });
        assert.deepEqual([same.status, same.body.length], [304, 0]);
        const part = { range: "bytes=0-3", "if-range": etag };
        assert.equal((await ask(server.port, "/metadata/timestamp.json", part)).status, 206);
        const other = { range: "bytes=0-3", "if-range": '"other"' };
        assert.equal((await ask(server.port, "/metadata/timestamp.json", other)).status, 200);
      });

      it("answers HEAD without a body, and refuses to be written to", async () => {
        await using server = await start();
        const head = await ask(server.port, blob, {}, "HEAD");
        assert.deepEqual(
          [head.status, head.headers["content-length"], head.body.length],
          [200, String(bytes.length), 0],
        );
        for (const method of ["PUT", "POST", "DELETE"])
          assert.equal((await ask(server.port, blob, {}, method)).status, 405, method);
      });

      it("gives nothing but the repository", async () => {
        await using server = await start();
        for (const target of [
          "/",
          "/metadata/",
          "/nothing",
          "/.slipway/lock",
          "/.slipway-lock",
          "/metadata/%2e%2e/%2e%2e/keys/keys.json",
          "/../keys/keys.json",
          "/blobs/..%2f..%2fkeys/keys.json",
          "/metadata/timestamp.json%00",
        ]) {
          const { status, body } = await ask(server.port, target);
          assert.ok(status >= 400 && status < 500, `${target}: ${status}`);
          assert.ok(!body.toString("latin1").includes("private"), target);
        }
      });

      it("is enough for a TUF client", async () => {
        await using server = await start();
        const root = readFileSync(path.join(repository.repo, "metadata/1.root.json"));
        const client = tufClient(scratch, `http://127.0.0.1:${server.port}`, root);
        const now = repository.clock.now();
        assert.match((await client.read("releases/base/2~rc1/x86_64.json", now)) ?? "", /"2~rc1"/);
        assert.match((await client.read("channels/base/stable.json", now)) ?? "", /"stable"/);
      });
    });
  }

  it("follows no link, wherever it is in the path", async () => {
    const outside = path.join(scratch, "outside");
    mkdirSync(outside);
    writeFileSync(path.join(outside, "secret"), "private");
    symlinkSync(path.join(outside, "secret"), path.join(repository.repo, "metadata/link.json"));
    symlinkSync(outside, path.join(repository.repo, "blobs/ln"));
    await using server = await serveRepository({
      repo: repository.repo,
      host: "127.0.0.1",
      port: 0,
    });
    assert.equal((await ask(server.port, "/metadata/link.json")).status, 404);
    assert.equal((await ask(server.port, "/blobs/ln/secret")).status, 404);
  });

  it("tells of every answer, and what it cost", async () => {
    const told: Answered[] = [];
    await using server = await serveRepository({
      ...{ repo: repository.repo, host: "127.0.0.1", port: 0 },
      onAnswer: (answer) => told.push(answer),
    });
    await ask(server.port, "/nothing");
    const { body } = await ask(server.port, blob, { range: "bytes=0-99" });
    const [missing, part] = told;
    assert.equal(told.length, 2);
    assert.deepEqual([missing?.path, missing?.status], ["/nothing", 404]);
    assert.deepEqual([part?.path, part?.status], [blob, 206]);
    const head = (part?.bytes ?? 0) - body.length;
    assert.ok(head > 100 && head < 1000, `${head} bytes of headers`);
  });

  it("says where it listens, and ends when it is told to", async () => {
    const [program, ...args] = SLIPWAY;
    const where = ["--repo", repository.repo, "--listen", "127.0.0.1:0"];
    const child = spawn(program, [...args, "repo", "serve", ...where], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const line = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.stdout.setEncoding("utf8").once("data", resolve);
    });
    const [, port] = /^http:\/\/127\.0\.0\.1:(\d+)\n$/.exec(line) ?? [];
    assert.equal((await ask(Number(port), blob)).status, 200);
    child.kill("SIGINT");
    assert.equal(await ended, 0);
  });

  it("says when something else listens there", async () => {
    await using server = await serveRepository({
      repo: repository.repo,
      host: "127.0.0.1",
      port: 0,
    });
    const taken = { repo: repository.repo, host: "127.0.0.1", port: server.port };
    await assert.rejects(serveRepository(taken), { code: "ADDRESS_TAKEN" });
  });
});
