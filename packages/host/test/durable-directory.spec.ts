/** One contract, over the directory in memory and over a real one. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DurableDirectory, linuxDurableDirectory } from "@slipway/host";
import { crashingDirectory } from "@slipway/host/testing";
import { afterEach, beforeEach, describe, it } from "mocha";

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

describe("durable directory", () => {
  let scratch = "";
  beforeEach(() => {
    scratch = mkdtempSync(path.join(tmpdir(), "slipway-durable-"));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  const KINDS: readonly (readonly [string, () => DurableDirectory])[] = [
    ["in memory", () => crashingDirectory()],
    ["on Linux", () => linuxDurableDirectory(scratch)],
  ];
  for (const [kind, open] of KINDS)
    describe(kind, () => {
      it("gives back what was written, whole and anew", async () => {
        const directory = open();
        assert.equal(await directory.read("a", 100), undefined);
        await directory.writeSynced("a", Buffer.from("the first, the longer one"));
        await directory.writeSynced("a", Buffer.from("second"));
        assert.equal(text(await directory.read("a", 100)), "second");
        await directory.writeSynced("a", new Uint8Array());
        assert.equal(text(await directory.read("a", 0)), "");
      });

      it("renames over what is there", async () => {
        const directory = open();
        await directory.writeSynced("a", Buffer.from("old"));
        await directory.writeSynced("b", Buffer.from("new"));
        await directory.rename("b", "a");
        await directory.syncDirectory();
        assert.equal(text(await directory.read("a", 3)), "new");
        assert.equal(await directory.read("b", 3), undefined);
        await assert.rejects(directory.rename("b", "a"));
      });

      it("does not read more than is asked for", async () => {
        const directory = open();
        await directory.writeSynced("a", new Uint8Array(1000));
        assert.equal((await directory.read("a", 1000))?.length, 1000);
        await assert.rejects(directory.read("a", 999), /too large|more than 999 bytes/);
      });
    });

  describe("on Linux", () => {
    it("makes files that nobody else may read", async () => {
      const umask = process.umask(0);
      try {
        await linuxDurableDirectory(scratch).writeSynced("a", Buffer.from("x"));
      } finally {
        process.umask(umask);
      }
      assert.equal(statSync(path.join(scratch, "a")).mode & 0o777, 0o600);
    });

    it("follows no link, and waits for no pipe", async () => {
      const outside = path.join(scratch, "outside");
      const inside = path.join(scratch, "inside");
      mkdirSync(inside);
      writeFileSync(outside, "secret");
      symlinkSync(outside, path.join(inside, "a"));
      const directory = linuxDurableDirectory(inside);
      await assert.rejects(directory.read("a", 100), { code: "ELOOP" });
      await assert.rejects(directory.writeSynced("a", Buffer.from("x")), { code: "ELOOP" });
      execFileSync("mkfifo", [path.join(inside, "pipe")]);
      await assert.rejects(directory.read("pipe", 100), /is no plain file/);
      mkdirSync(path.join(inside, "b"));
      await assert.rejects(directory.read("b", 100), /is no plain file/);
    });

    it("says what the kernel says, and leaves no file open", async () => {
      const directory = linuxDurableDirectory(path.join(scratch, "absent"));
      await assert.rejects(directory.writeSynced("a", new Uint8Array()), { code: "ENOENT" });
      await assert.rejects(directory.syncDirectory(), { code: "ENOENT" });
      const open = readdirSync("/proc/self/fd").length;
      const here = linuxDurableDirectory(scratch);
      for (let round = 0; round < 20; round += 1) {
        await here.writeSynced("a", Buffer.from("x"));
        await here.read("a", 10);
        await here.syncDirectory();
      }
      assert.ok(readdirSync("/proc/self/fd").length <= open + 2);
      chmodSync(scratch, 0o700);
    });
  });
});

describe("the directory in memory", () => {
  it("may lose what was not synced, in any order, and keeps what was", async () => {
    const directory = crashingDirectory(new Map([["a", Buffer.from("old")]]));
    await directory.writeSynced("new", Buffer.from("bytes"));
    await directory.rename("new", "a");
    const seen = (step: number): ReadonlySet<string> =>
      new Set(
        directory
          .leftAfter(step)
          .map((left) => [...left].map(([name, bytes]) => `${name}=${text(bytes)}`).join()),
      );
    assert.deepEqual(seen(0), new Set(["a=old"]));
    // Written and not synced: a torn file under its own name, or none.
    assert.deepEqual(
      seen(2),
      new Set(["a=old", "a=old,new=", "a=old,new=by", "a=old,new=\0\0\0\0\0", "a=old,new=bytes"]),
    );
    // Renamed, with neither name durable.
    assert.deepEqual(seen(4), new Set(["a=old", "a=old,new=bytes", "a=bytes"]));
    await directory.syncDirectory();
    assert.deepEqual(seen(5), new Set(["a=bytes"]));
    assert.equal(directory.steps(), 5);
  });
});
