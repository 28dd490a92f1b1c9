/**
 * Mirrors that are down, broken or dishonest, given to the real command. They are all on this machine; so that nothing
 * else is asked, /etc/apt is empty for the command.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { type BuiltBase, builtBase, seedFrom } from "../support/built-base.ts";
import { type Answer, serveMirror } from "../support/mirror.ts";
import { type PrivateMounts, privateMounts } from "../support/private-mounts.ts";
import { leavesAlone, refused, type Refusal } from "../support/refusal.ts";
import {
  CACHE,
  type Outcome,
  requireRoot,
  scratchDirectory,
  SLIPWAY,
  slipway,
  succeeded,
} from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";
import { type LockedDeb, lockedDebs } from "../support/seeded-cache.ts";
import { lockOf, writeSmallBase } from "../support/small-base.ts";
import { sha256 } from "../support/tree-picture.ts";

/** However a mirror behaves, a person is told within this time. */
const PATIENCE_MS = 60_000;

/** A port that nobody listens on: the lowest, which needs root and a service that nobody runs. */
const REFUSES = "http://127.0.0.1:1/debian";

describe("build, given a mirror", function () {
  this.timeout("10m");
  requireRoot();
  requireTools("unshare", "nsenter", "mount");
  const scratch = scratchDirectory("bad-mirror");
  let base: BuiltBase;
  let cache: string;
  let mounts: PrivateMounts;

  before("build the image that there is nothing wrong with", async () => {
    base = await builtBase();
    cache = seedFrom(base, path.join(scratch, "cache"));
    const aptFrom = path.join(scratch, "no-apt");
    mkdirSync(aptFrom);
    mounts = await privateMounts({ aptFrom });
  });
  after(() => mounts?.[Symbol.asyncDispose]());

  const withMirror = (mirror: string, more = ""): string =>
    `  debian:\n    mirror: ${mirror}\n${more}`;
  const define = (name: string, image: string, lock = base.lock): string =>
    writeSmallBase(path.join(scratch, name), { image, lock });

  /** Runs the command with no other mirror than the definition's. */
  const command = async (...args: readonly string[]): Promise<Outcome> => {
    const start = performance.now();
    const outcome = await mounts.run([...SLIPWAY, ...args]);
    const took = performance.now() - start;
    assert.ok(took < PATIENCE_MS, `${took} ms\n${outcome.stderr}`);
    return outcome;
  };
  const noRubbish = (where = cache): void => {
    assert.deepEqual(readdirSync(path.join(where, "tmp")), []);
  };

  describe("whose indexes", () => {
    const JUNK = Buffer.from("<html>Please log in to the hotel's network.</html>\n".repeat(50));
    const MIRRORS: Readonly<Record<string, readonly [(file: string) => Answer, RegExp]>> = {
      "are not there (404)": [() => 404, /does not have a Release file/],
      "are garbage": [() => JUNK, /Clearsigned file isn't valid/],
      "break off": [() => ({ cutOff: JUNK }), /Error reading from server|closed connection/],
      "are out of order (503)": [() => 503, /503 +Service Unavailable/],
    };
    const failed = (address: string, words: RegExp): Refusal => ({
      status: 75,
      code: "MIRROR_FAILED",
      cause: [new RegExp(address.replaceAll(".", "\\.")), words],
      remedy: /check the address \(image\.debian\.mirror.* and run the command again/,
    });

    for (const [what, [answer, words]] of Object.entries(MIRRORS)) {
      it(`${what}: says so in bounded time, and keeps the lock`, async () => {
        await using mirror = await serveMirror(answer);
        const packages = "    packages: [nano]\n";
        const definition = define(what, withMirror(mirror.address, packages));
        await leavesAlone([path.dirname(definition)], async () =>
          refused(
            await command("lock", definition, "--cache", cache),
            failed(mirror.address, words),
          ),
        );
        assert.ok(mirror.requests.some((file) => file.startsWith("dists/trixie/")));
        noRubbish();
      });
    }

    it("cannot be asked for, since it refuses connections", async () => {
      const definition = define("refuses", withMirror(REFUSES, "    packages: [nano]\n"));
      await leavesAlone([path.dirname(definition)], async () =>
        refused(
          await command("lock", definition, "--cache", cache),
          failed(REFUSES, /connect to 127\.0\.0\.1:1/),
        ),
      );
      noRubbish();
    });

    it("never come: waits as long as the machine's apt is told to, and no longer", async () => {
      const aptFrom = path.join(scratch, "impatient");
      mkdirSync(path.join(aptFrom, "apt.conf.d"), { recursive: true });
      writeFileSync(path.join(aptFrom, "apt.conf.d", "patience"), 'Acquire::http::Timeout "1";\n');
      await using impatient = await privateMounts({ aptFrom });
      await using mirror = await serveMirror(() => "nothing");
      const definition = define("silent", withMirror(mirror.address, "    packages: [nano]\n"));
      const start = performance.now();
      refused(
        await impatient.run([...SLIPWAY, "lock", definition, "--cache", cache]),
        failed(mirror.address, /Connection (?:failed|timed out)/),
      );
      // Our own patience would be longer.
      assert.ok(performance.now() - start < PATIENCE_MS);
      noRubbish();
    });

    it("are needed for the tools already: says the same, and leaves nothing in the new cache", async () => {
      await using mirror = await serveMirror(() => 404);
      const definition = define("tools", withMirror(mirror.address));
      const fresh = path.join(scratch, "fresh");
      const out = path.join(scratch, "out");
      await leavesAlone([path.dirname(definition)], async () =>
        refused(
          await command("build", definition, "--cache", fresh, "--out", out),
          failed(mirror.address, /does not have a Release file/),
        ),
      );
      assert.deepEqual(readdirSync(path.join(fresh, "steps", "tools")), []);
      noRubbish(fresh);
      assert.ok(!existsSync(out));
    });
  });

  describe("whose package", () => {
    let victims: readonly LockedDeb[];
    const debOf = (deb: LockedDeb, at = cache): string =>
      path.join(at, "debs", `${deb.sha256}.deb`);

    before(() => {
      // Small ones, from the archive and not from the security archive.
      const { packages } = (
        JSON.parse(base.lock) as {
          architectures: {
            x86_64: { readonly packages: readonly (LockedDeb & { archive: string })[] };
          };
        }
      ).architectures.x86_64;
      victims = packages
        .filter(({ archive }) => archive === "archive")
        .toSorted((a, b) => a.size - b.size)
        .slice(0, 3);
      assert.equal(victims.length, 3);
    });

    /** Takes packages out of the cache, and serves them as `answer` says: the first, and all others. */
    const fetchFrom = async (
      name: string,
      missing: number,
      answer: (bytes: Buffer, index: number) => Answer,
      judge: (outcome: Outcome) => void,
    ): Promise<void> => {
      const wanted = victims.slice(0, missing);
      const honest = new Map(
        wanted.map((deb, index) => [
          deb.filename,
          { index, bytes: readFileSync(debOf(deb, CACHE)) },
        ]),
      );
      for (const deb of wanted) rmSync(debOf(deb), { force: true });
      await using mirror = await serveMirror((file) => {
        const found = honest.get(file);
        return found === undefined ? 404 : answer(found.bytes, found.index);
      });
      const definition = define(name, withMirror(mirror.address));
      const out = path.join(scratch, `${name} out`);
      await leavesAlone([path.dirname(definition)], async () =>
        judge(await command("build", definition, "--locked", "--cache", cache, "--out", out)),
      );
      assert.ok(mirror.requests.length >= missing, "the mirror was not asked");
      assert.ok(!existsSync(out), "there is output");
      noRubbish();
      assert.deepEqual(
        readdirSync(path.join(cache, "debs")).filter((file) => !file.endsWith(".deb")),
        [],
      );
    };
    const tampered: Refusal = {
      status: 1,
      code: "PACKAGE_TAMPERED",
      cause:
        /is not the package that the lock names: its size or SHA-256 differs from [0-9a-f]{64}/,
      remedy: /do not use this mirror/,
    };
    const flipped = (bytes: Buffer): Buffer => {
      const other = Buffer.from(bytes);
      other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
      return other;
    };

    it("has one flipped bit: it does not get into the cache", async () => {
      await fetchFrom("flipped", 1, flipped, (outcome) => {
        refused(outcome, tampered);
        assert.ok(outcome.stderr.includes(path.basename(victims[0]?.filename ?? "?")));
      });
      assert.ok(!existsSync(debOf(victims[0] as LockedDeb)));
    });

    it("has another size: it does not get into the cache", async () => {
      const longer = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from("more")]);
      await fetchFrom("longer", 1, longer, (outcome) => refused(outcome, tampered));
      await fetchFrom(
        "shorter",
        1,
        (bytes) => bytes.subarray(0, 100),
        (outcome) => refused(outcome, tampered),
      );
      assert.ok(!existsSync(debOf(victims[0] as LockedDeb)));
    });

    it("breaks off: that is no tampering, and worth another try", async () => {
      await fetchFrom(
        "breaks off",
        1,
        (bytes) => ({ cutOff: bytes }),
        (outcome) =>
          refused(outcome, {
            status: 75,
            code: "MIRROR_FAILED",
            cause: /could not be fetched from http:.*\n.*(?:closed connection|reading from server)/,
            remedy: /check the network and the mirror's address, and run the command again/,
          }),
      );
      assert.ok(!existsSync(debOf(victims[0] as LockedDeb)));
    });

    it("is gone, when the lock must not change: names it", async () => {
      await fetchFrom(
        "gone",
        1,
        () => 404,
        (outcome) =>
          refused(outcome, {
            status: 1,
            code: "PACKAGE_VANISHED",
            cause: new RegExp(`the mirror no longer has ${victims[0]?.name}`),
            remedy: /build without --locked .*or use a mirror that keeps old ones/,
          }),
      );
    });

    it("is bad while another is gone: the bad one is what is said, the good one is kept", async () => {
      const answers: readonly ((bytes: Buffer) => Answer)[] = [
        () => 404,
        flipped,
        (bytes) => bytes,
      ];
      await fetchFrom(
        "mixed",
        3,
        (bytes, index) => answers[index]?.(bytes) ?? 404,
        (outcome) => refused(outcome, tampered),
      );
      assert.deepEqual(
        victims.map((deb) => existsSync(debOf(deb))),
        [false, false, true],
      );
    });

    it("is what the lock names: it is fetched, whatever was there before", async () => {
      const bytes = new Map(
        victims.map((deb) => [deb.filename, readFileSync(debOf(deb, CACHE))] as const),
      );
      for (const deb of victims) rmSync(debOf(deb), { force: true });
      // What a power cut can leave under the right name.
      writeFileSync(debOf(victims[0] as LockedDeb), "");
      await using mirror = await serveMirror((file) => bytes.get(file) ?? 404);
      const definition = define("honest", withMirror(mirror.address));
      await leavesAlone([path.dirname(definition)], async () =>
        succeeded(await command("lock", definition, "--cache", cache)),
      );
      for (const deb of victims) assert.equal(sha256(readFileSync(debOf(deb))), deb.sha256);
    });

    it("is gone, when the lock may change: says so, resolves anew and goes on", async () => {
      const [victim] = victims as [LockedDeb];
      const gone = "0.0-gone";
      const lock = base.lock
        .split("\n")
        .map((line) =>
          line.includes(`"name":"${victim.name}"`)
            ? line
                .replace(victim.sha256, "5".repeat(64))
                .replaceAll(/_[^_"]+_([a-z0-9]+)\.deb/g, `_${gone}_$1.deb`)
                .replace(/"version":"[^"]*"/, `"version":"${gone}"`)
            : line,
        )
        .join("\n");
      assert.notEqual(lock, base.lock);
      // Only the archive itself can answer: its indexes are signed.
      const definition = define("vanished", "", lock);
      const { stderr } = succeeded(await slipway("lock", definition, "--cache", cache));
      assert.ok(
        stderr.includes(
          `warning: the mirror no longer has ${victim.name} ${gone}: resolving x86_64 anew`,
        ),
        stderr,
      );
      const now = lockedDebs(lockOf(definition)).find(({ name }) => name === victim.name);
      assert.ok(now !== undefined && now.version !== gone);
      assert.equal(sha256(readFileSync(debOf(now))), now.sha256);
      noRubbish();
    });
  });
});
