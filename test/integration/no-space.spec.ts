/**
 * Disks that are too small, given to the real command: file systems in memory that only it sees. It says which place is
 * full, leaves nothing half-written in any, and with room again the same command succeeds.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import { type BuiltBase, builtBase, seedFrom } from "../support/built-base.ts";
import { serveMirror } from "../support/mirror.ts";
import { type PrivateMounts, privateMounts } from "../support/private-mounts.ts";
import { refused, type Refusal } from "../support/refusal.ts";
import {
  CACHE,
  type Outcome,
  requireRoot,
  scratchDirectory,
  SLIPWAY,
  succeeded,
} from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";
import { lockOf, RELEASE, writeSmallBase } from "../support/small-base.ts";

/** More than all that a build writes at once, in MiB. */
const AMPLE = 4096;

describe("build without room", function () {
  this.timeout("10m");
  requireRoot();
  requireTools("unshare", "nsenter", "mount");
  const scratch = scratchDirectory("no-space");
  const [seed, cache, out, definitions] = ["seed", "cache", "out", "definitions"].map((name) =>
    path.join(scratch, name),
  ) as [string, string, string, string];
  let base: BuiltBase;
  let mounts: PrivateMounts;

  before("build where there is room", async () => {
    base = await builtBase();
    seedFrom(base, seed);
  });
  beforeEach("places of their own", async () => {
    for (const directory of [cache, out, definitions]) mkdirSync(directory, { recursive: true });
    const aptFrom = path.join(scratch, "no-apt");
    mkdirSync(aptFrom, { recursive: true });
    mounts = await privateMounts({ aptFrom });
  });
  afterEach(() => mounts?.[Symbol.asyncDispose]());

  const build = (definition: string): Promise<Outcome> =>
    mounts.run([...SLIPWAY, "build", definition, "--cache", cache, "--out", out]);
  /** All files below a directory, as the command sees it. */
  const files = async (directory: string): Promise<readonly string[]> =>
    succeeded(await mounts.run(["find", directory, "!", "-type", "d", "-printf", "%P\\n"]))
      .stdout.split("\n")
      .filter((file) => file !== "")
      .toSorted();
  const full = (place: string): Refusal => ({
    status: 1,
    code: "NO_SPACE",
    cause: new RegExp(
      `no space left on a disk, probably ${place === out ? "output" : "cache"}: .*${place} \\(`,
    ),
    remedy: /make room, or choose other places with --cache and --out/,
  });
  const nothingUnfinished = async (): Promise<void> => {
    assert.deepEqual(await files(path.join(cache, "tmp")), []);
    assert.deepEqual(await files(out), []);
  };
  const room = async (directory: string, mebibytes: number): Promise<void> => {
    await mounts.memory(directory, mebibytes);
  };

  it("in the cache, then for the output: fails cleanly as often as it must, and then succeeds", async () => {
    const definition = writeSmallBase(definitions, { lock: base.lock });
    const lock = readFileSync(lockOf(definition), "utf8");
    await room(cache, AMPLE);
    succeeded(await mounts.run(["cp", "--archive", `${seed}/.`, cache]));
    const { stdout } = succeeded(await mounts.run(["du", "--summarize", "--block-size=1M", cache]));
    const seeded = Number.parseInt(stdout, 10);
    assert.ok(seeded > 200, stdout);
    // Not enough for the directories of the tree, and for a part of the root image.
    for (const more of [1, 100]) {
      await room(cache, seeded + more);
      refused(await build(definition), full(cache));
      await nothingUnfinished();
      assert.deepEqual(await files(path.join(cache, "steps", "root")), []);
    }
    await room(cache, AMPLE);
    // Room for a part of the copies, then for a part of the disk.
    for (const mebibytes of [64, 400]) {
      await room(out, mebibytes);
      refused(await build(definition), full(out));
      await nothingUnfinished();
    }
    assert.equal(readFileSync(lockOf(definition), "utf8"), lock);
    await room(out, AMPLE);
    succeeded(await build(definition));
    const release = path.join(out, RELEASE);
    const { stdout: manifest } = succeeded(
      await mounts.run(["cat", path.join(release, "manifest.json")]),
    );
    assert.equal(manifest, base.manifest);
    const disk = succeeded(await mounts.run(["sha256sum", path.join(release, "disk.raw")]));
    assert.ok(manifest.includes(`"${disk.stdout.slice(0, 64)}"`));
    assert.deepEqual(await files(path.join(cache, "tmp")), []);
  });

  it("for packages: does not blame the mirror, and fetches them when there is room", async () => {
    const debs = new Map(
      base.debs.map(({ filename, sha256 }) => [
        filename,
        path.join(CACHE, "debs", `${sha256}.deb`),
      ]),
    );
    await using mirror = await serveMirror((file) => {
      const deb = debs.get(file);
      return deb === undefined ? 404 : readFileSync(deb);
    });
    const image = `  debian:\n    mirror: ${mirror.address}\n`;
    const definition = writeSmallBase(definitions, { lock: base.lock, image });
    const lock = (): Promise<Outcome> =>
      mounts.run([...SLIPWAY, "lock", definition, "--cache", cache]);
    const steps = path.join(cache, "steps");
    await room(cache, 16);
    succeeded(await mounts.run(["mkdir", steps]));
    succeeded(await mounts.run(["cp", "--archive", path.join(seed, "steps/tools"), steps]));
    refused(await lock(), full(cache));
    assert.ok(mirror.requests.length > 0);
    assert.deepEqual(await files(path.join(cache, "tmp")), []);
    await room(cache, AMPLE);
    succeeded(await lock());
    const wanted = base.debs.map(({ sha256 }) => `${sha256}.deb`).toSorted();
    assert.deepEqual(await files(path.join(cache, "debs")), wanted);
    const sums = wanted.map((file) => `${file.slice(0, 64)}  ${path.join(cache, "debs", file)}\n`);
    const list = path.join(scratch, "sums");
    writeFileSync(list, sums.join(""));
    succeeded(await mounts.run(["sha256sum", "--check", "--quiet", list]));
  });

  it("for the lock: keeps the old one whole", async () => {
    const definition = writeSmallBase(path.join(scratch, "master"), { lock: base.lock });
    const there = path.join(definitions, path.basename(definition));
    const read = async (): Promise<string> =>
      succeeded(await mounts.run(["cat", lockOf(there)])).stdout;
    const lock = (): Promise<Outcome> =>
      mounts.run([...SLIPWAY, "lock", there, "--version", "2", "--cache", seed]);
    await room(definitions, 1);
    succeeded(await mounts.run(["cp", "--archive", `${path.dirname(definition)}/.`, definitions]));
    const filler = path.join(definitions, "filler");
    const filled = await mounts.run([
      "dd",
      "if=/dev/zero",
      `of=${filler}`,
      "bs=4096",
      "status=none",
    ]);
    assert.match(filled.stderr, /No space left on device/);
    const before = await files(definitions);
    refused(await lock(), {
      ...full(definitions),
      cause: new RegExp(`no space left on a disk, probably lock: .*${definitions} \\(lock\\)`),
    });
    assert.deepEqual(await files(definitions), before);
    assert.equal(await read(), base.lock);
    succeeded(await mounts.run(["rm", filler]));
    succeeded(await lock());
    assert.match(await read(), /^ {2}"version": "2",$/m);
  });
});
