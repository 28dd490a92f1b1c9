/**
 * Builds that are killed or interrupted at many points: the output is the complete old release or the complete new one,
 * nothing goes on running, and the next build clears the rubbish and gives the bytes that an undisturbed one gives.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "mocha";
import { interrupt, type Interruption, nothingSurvives } from "../support/build-process.ts";
import { IMAGE, seedFrom } from "../support/built-base.ts";
import { serveMirror } from "../support/mirror.ts";
import { privateMounts } from "../support/private-mounts.ts";
import {
  baseRelease,
  CACHE,
  requireRoot,
  run,
  scratchDirectory,
  SLIPWAY,
  succeeded,
} from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";
import { lastTree, lockedDebs, seedCache } from "../support/seeded-cache.ts";
import { lockOf, RELEASE, writeSmallBase } from "../support/small-base.ts";

interface Manifest {
  readonly roothash: string;
  readonly artifacts: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
}

/** What is hashed in every round; the others once, at the end. */
const SMALL_BYTES = 64 * 1024 * 1024;

describe("a build that is interrupted", function () {
  this.timeout("10m");
  requireRoot();
  requireTools("unshare", "nsenter", "mount");
  const scratch = scratchDirectory("interrupted");
  const [cache, out, definitions] = ["cache", "out", "definitions"].map((name) =>
    path.join(scratch, name),
  ) as [string, string, string];
  const release = path.join(out, RELEASE);
  const versions = path.dirname(release);
  /** The manifests of the two releases that the rounds go to and fro between, undisturbed. */
  const manifests: string[] = [];
  let lock: string;
  /** The index of the release that is in place. */
  let current = 1;

  const define = (index: number): string =>
    writeSmallBase(definitions, { round: `round ${index}`, lock });
  const arguments_ = (definition: string): readonly [string, ...string[]] => [
    ...SLIPWAY,
    "build",
    definition,
    ...["--cache", cache, "--out", out],
  ];
  const manifestText = (): string => readFileSync(path.join(release, "manifest.json"), "utf8");

  before("build two releases undisturbed", async () => {
    const { definition } = await baseRelease();
    lock = readFileSync(lockOf(definition), "utf8");
    seedFrom({ debs: lockedDebs(lockOf(definition)), trees: [lastTree(CACHE, IMAGE)] }, cache);
    for (const index of [0, 1]) {
      succeeded(await run(arguments_(define(index))));
      lock = readFileSync(lockOf(define(index)), "utf8");
      manifests.push(manifestText());
    }
    assert.notEqual(manifests[0], manifests[1]);
  });

  /** Fails unless the release in place is whole; hashes its files up to a size. Returns its manifest's text. */
  const intact = async (hashedBytes = SMALL_BYTES): Promise<string> => {
    const text = manifestText();
    const { artifacts } = JSON.parse(text) as Manifest;
    const names = Object.keys(artifacts);
    assert.deepEqual(readdirSync(release).toSorted(), [...names, "manifest.json"].toSorted());
    for (const [name, { size, sha256 }] of Object.entries(artifacts)) {
      const file = path.join(release, name);
      assert.equal(statSync(file).size, size, name);
      if (size > hashedBytes) continue;
      const { stdout } = succeeded(await run(["sha256sum", file]));
      assert.equal(stdout.slice(0, 64), sha256, name);
    }
    return text;
  };

  const noRubbish = (): void => {
    assert.deepEqual(readdirSync(path.join(cache, "tmp")), []);
    assert.deepEqual(readdirSync(versions), [path.basename(release)]);
    const files = readdirSync(definitions).toSorted();
    assert.deepEqual(files, ["base.yaml", "small.lock.json", "small.yaml"]);
    assert.deepEqual(
      readdirSync(path.join(cache, "last")).filter((name) => !name.endsWith(".json")),
      [],
    );
  };

  /** Whether there is a file of this name in any directory of the cache's for unfinished root images. */
  const inRoot = (name: string): boolean =>
    readdirSync(path.join(cache, "tmp")).some(
      (entry) => entry.startsWith("root-") && existsSync(path.join(cache, "tmp", entry, name)),
    );
  const inStaging = (name: string): boolean =>
    readdirSync(versions).some(
      (entry) => entry.endsWith(".new") && existsSync(path.join(versions, entry, name)),
    );

  /** Edits the config, interrupts the build at a point, looks around, and builds again. */
  const round = async (
    interruption: Interruption,
    judge: (found: "old" | "new", stderr: string) => void,
  ): Promise<void> => {
    const [old, next] = [current, 1 - current];
    // What earlier rounds made of this config would be found, and there would be nothing to interrupt.
    for (const step of ["root", "uki"]) {
      rmSync(path.join(cache, "steps", step), { recursive: true, force: true });
    }
    const argv = arguments_(define(next));
    const ending = await interrupt(argv, interruption);
    assert.ok(ending !== undefined, "it ended before the moment came");
    const { status, signal, stdout, stderr, programs } = ending;
    if (interruption.signal === "SIGKILL") assert.equal(signal, "SIGKILL");
    else assert.deepEqual([status, signal, stdout], [130, null, ""], stderr);
    await nothingSurvives(programs, scratch);

    const found = await intact();
    const which = found === manifests[old] ? "old" : "new";
    assert.equal(found, manifests[which === "old" ? old : next]);
    assert.equal(readFileSync(lockOf(define(next)), "utf8"), lock);
    judge(which, stderr);

    succeeded(await run(argv));
    assert.equal(await intact(), manifests[next]);
    assert.equal(readFileSync(path.join(definitions, "small.lock.json"), "utf8"), lock);
    noRubbish();
    current = next;
  };

  const line =
    (text: string) =>
    (said: string): boolean =>
      said.includes(text);
  /** Of the release's directory when the round began. */
  let firstInode: number | undefined;
  const KILLS: Readonly<Record<string, readonly [(said: string) => boolean, "old" | "new"]>> = {
    "while packages are looked for": [line("packages x86_64: started"), "old"],
    "while the tree is taken over": [() => inRoot("tree/usr"), "old"],
    "while the root is formatted": [() => inRoot("root.erofs"), "old"],
    "while the root is hashed": [() => inRoot("root.verity"), "old"],
    "when the root is done": [line("root x86_64: done"), "old"],
    "while files are copied to the output": [() => inStaging("root.erofs"), "old"],
    "while the disk is made": [() => inStaging("disk.raw"), "old"],
    "when the digest is done": [line("digest of the disk x86_64: done"), "old"],
    "as soon as the new release has its place": [
      () => existsSync(release) && statSync(release).ino !== firstInode,
      "new",
    ],
  };
  for (const [moment, [when, expected]] of Object.entries(KILLS)) {
    it(`by SIGKILL ${moment}`, async () => {
      firstInode = statSync(release).ino;
      await round({ signal: "SIGKILL", to: "process", when }, (found) => {
        // The digest is the last before the release gets its place: that may have happened.
        if (!moment.includes("digest")) assert.equal(found, expected);
      });
    });
  }

  for (const [signal, to, moment, when] of [
    ["SIGINT", "group", "while the root is formatted", () => inRoot("root.erofs")],
    ["SIGTERM", "process", "while the disk is made", line("disk x86_64: started")],
  ] as const) {
    it(`by ${signal} ${moment}: in good order, and leaves nothing to clear`, async () => {
      await round({ signal, to, when }, (found, stderr) => {
        assert.equal(found, "old");
        assert.match(stderr, /^interrupted: nothing was left half-written$/m);
        noRubbish();
      });
    });
  }

  it("leaves bytes, in the end, of which the largest are as they should be too", async () => {
    await intact(Infinity);
  });

  /** What there is in the cache before: programs of the host's wait for a mirror, and then programs of the tools'. */
  const WAITS: Readonly<Record<string, readonly string[]>> = {
    "while its tools are composed for the first time": [],
    "while packages are fetched": ["tools"],
  };
  for (const [moment, steps] of Object.entries(WAITS)) {
    describe(moment, () => {
      for (const [signal, to] of [
        ["SIGKILL", "process"],
        ["SIGINT", "group"],
        ["SIGTERM", "process"],
      ] as const) {
        it(`by ${signal}: nothing goes on, and the next start clears the cache`, async () => {
          const place = path.join(scratch, `${moment} ${signal}`);
          const fresh = path.join(place, "cache");
          seedCache(CACHE, fresh, { steps, debs: [] });
          const from = (address: string): string =>
            writeSmallBase(path.join(place, "definition"), {
              image: `  debian:\n    mirror: ${address}\n`,
              lock,
            });
          await using mirror = await serveMirror(() => "nothing");
          const aptFrom = path.join(place, "no-apt");
          mkdirSync(aptFrom);
          await using mounts = await privateMounts({ aptFrom });
          const lockFrom = (address: string): readonly [string, ...string[]] => [
            ...mounts.enter,
            ...SLIPWAY,
            ...["lock", from(address), "--cache", fresh],
          ];
          const asked = (): boolean => mirror.requests.length > 0;
          const ending = await interrupt(lockFrom(mirror.address), { signal, to, when: asked });
          assert.ok(ending !== undefined);
          if (signal === "SIGKILL") assert.equal(ending.signal, signal);
          else assert.equal(ending.status, 130, ending.stderr);
          await nothingSurvives(ending.programs, place);
          const left = readdirSync(path.join(fresh, "tmp"));
          if (signal === "SIGKILL") assert.notDeepEqual(left, []);
          else assert.deepEqual(left, []);
          await using broken = await serveMirror(() => 404);
          const outcome = await run(lockFrom(broken.address));
          assert.equal(outcome.status, 75, outcome.stderr);
          assert.deepEqual(readdirSync(path.join(fresh, "tmp")), []);
          // Security updates came from elsewhere; whatever is there is whole.
          for (const name of readdirSync(path.join(fresh, "debs"))) {
            const { stdout } = await run(["sha256sum", path.join(fresh, "debs", name)]);
            assert.equal(`${stdout.slice(0, 64)}.deb`, name);
          }
        });
      }
    });
  }
});
