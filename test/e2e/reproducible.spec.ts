/**
 * Same inputs, same bytes: the base image built again without any cache, elsewhere, on another day, by somebody with
 * other habits, on one processor, on a file system that lists directories in another order.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { before, describe, it } from "mocha";
import {
  baseRelease,
  type BaseRelease,
  CACHE,
  requireRoot,
  run,
  scratchDirectory,
  succeeded,
} from "../support/release.ts";

const SKEWED_BUILD = path.resolve(import.meta.dirname, "../support/skewed-build.ts");

/** Debian's place for it; the package is faketime. */
const FAKETIME = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/faketime/libfaketime.so.1`;

describe("a second build without a cache", function () {
  this.timeout("20m");
  requireRoot();
  before("needs libfaketime", function () {
    if (existsSync(FAKETIME)) return;
    if (process.env["CI"] === "true") throw new Error(`${FAKETIME} is missing: install faketime`);
    console.error(`      skipped: ${FAKETIME} is missing: install faketime`);
    this.skip();
  });
  const scratch = scratchDirectory("again");
  const out = path.join(scratch, "a place with blanks", "out");
  let release: BaseRelease;

  before("build again", async () => {
    release = await baseRelease();
    const images = path.join(scratch, "definitions");
    succeeded(await run(["cp", "-r", path.dirname(release.definition), images]));
    const cache = path.join(scratch, "cache");
    const home = path.join(scratch, "home");
    mkdirSync(cache);
    mkdirSync(home);
    mkdirSync(out, { recursive: true });
    // A file system in memory lists its directories newest first, a disk by hash.
    const script = [
      `mount -t tmpfs tmpfs "$2"`,
      `ln -s "$3/debs" "$3/sources" "$2"`,
      "umask 077",
      `shift 3; exec taskset -c 0 "$@"`,
    ].join("; ");
    succeeded(
      await run(
        [
          ...(["unshare", "--mount", "sh", "-euc", script, "sh", "-", cache] as const),
          CACHE,
          process.execPath,
          "--conditions=@slipway/source",
          SKEWED_BUILD,
          path.join(images, "base.yaml"),
          out,
          cache,
          FAKETIME,
        ],
        {
          cwd: home,
          env: { PATH: process.env["PATH"], HOME: home, TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8" },
        },
      ),
    );
  });

  for (const architecture of ["x86_64", "aarch64"] as const) {
    it(`gives the same bytes for ${architecture}, file by file`, async () => {
      const [first, second] = [release[architecture], path.join(out, "base", "1", architecture)];
      const names = readdirSync(first).toSorted();
      assert.deepEqual(readdirSync(second).toSorted(), names);
      assert.ok(names.length >= 7);
      for (const name of names) {
        succeeded(await run(["cmp", path.join(first, name), path.join(second, name)]));
      }
    });
  }

  it("gives the same lock, although the first build had none to start from", () => {
    const lock = path.join(path.dirname(release.definition), "base.lock.json");
    const again = path.join(scratch, "definitions", "base.lock.json");
    assert.equal(readFileSync(again, "utf8"), readFileSync(lock, "utf8"));
  });

  it("would be noticed if it differed", async () => {
    const [a, b] = [path.join(scratch, "a"), path.join(scratch, "b")];
    writeFileSync(a, "one");
    writeFileSync(b, "two");
    assert.equal((await run(["cmp", a, b])).status, 1);
  });
});
