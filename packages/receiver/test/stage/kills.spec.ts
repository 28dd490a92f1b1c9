/** A receiver is killed again and again, and goes on each time where it was. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { buildSync } from "esbuild";
import { after, before, describe, it } from "mocha";
import { encodeManifest } from "@slipway/release";
import { type BuiltImage, imagePair, onlyBy, servedRelease } from "../support/a-release.ts";
import {
  formatNode,
  holds,
  isTakenForRelease,
  partsOf,
  slotHolds,
} from "../support/node-directory.ts";
import { type RepositoryServer, repositoryServer } from "../support/repository-server.ts";

const KILLS = 200;
const KILLS_BEFORE_COMPLETION = 150;
/** A clean run is no longer what it was where the computer has less to do by then: more of them come too late. */
const MOST_KILLS = 500;
/** Nodes that are killed side by side. */
const NODES = 3;
const ROOT_BLOCKS = 8192;
const UKI_BYTES = 3_000_000;
const MOST_REFETCHED = 256 * 1024;

const [older, newer]: readonly [BuiltImage, BuiltImage] = imagePair(ROOT_BLOCKS, UKI_BYTES);
const served = onlyBy(await servedRelease(older, newer), "frames-1");

interface Outcome {
  readonly staged: boolean;
  readonly seconds: number;
}

/** One file, as a node has it: two hundred processes that read our sources would do little else. */
const bundleInto = (directory: string): string => {
  const program = path.join(directory, "receiver.mjs");
  buildSync({
    entryPoints: [path.join(import.meta.dirname, "../support/receiver-process.ts")],
    ...{ outfile: program, bundle: true, platform: "node", format: "esm" },
    conditions: ["@slipway/source"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return program;
};

/** Runs a receiver, and kills it so long after it began to stage; without a time, lets it end. */
const receive = async (
  program: string,
  directory: string,
  manifest: string,
  url: string,
  killAfterMs: number | undefined,
): Promise<Outcome> => {
  const child = spawn(process.execPath, [program, directory, manifest, url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  let begin = 0;
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (begin !== 0) return;
    begin = performance.now();
    if (killAfterMs !== undefined) timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  });
  await once(child, "close");
  clearTimeout(timer);
  const staged = said.includes("staged\n");
  assert.ok(staged || child.signalCode === "SIGKILL", `ended with ${child.exitCode}`);
  return { staged, seconds: (performance.now() - begin) / 1000 };
};

describe("a receiver that is killed", function () {
  this.timeout("10m");
  let directory: string;
  let manifest: string;
  let program: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "slipway-kills-"));
    manifest = path.join(directory, "manifest.json");
    await writeFile(manifest, encodeManifest(served.manifest));
    program = bundleInto(directory);
  });
  after(() => rm(directory, { recursive: true }));

  it(`completes the release in the end, and fetches at most ${MOST_REFETCHED / 1024} KiB twice for each kill`, async () => {
    const begin = performance.now();
    const clean = path.join(directory, "clean");
    await formatNode(clean, served.manifest);
    await using server = await repositoryServer(served.blobs);
    const { seconds } = await receive(program, clean, manifest, server.url, undefined);
    assert.ok(await holds(clean, newer));
    const totals = { kills: 0, early: 0, rounds: 0, mostRefetched: 0 };
    const isEnough = (): boolean =>
      totals.kills >= MOST_KILLS ||
      (totals.kills >= KILLS && totals.early >= KILLS_BEFORE_COMPLETION);
    const live = async (node: number): Promise<void> => {
      const place = path.join(directory, `node-${node}`);
      await using mirror = await repositoryServer(served.blobs);
      while (!isEnough()) {
        await formatNode(place, served.manifest);
        totals.rounds += 1;
        await killUntilStaged(place, mirror);
        assert.ok(await holds(place, newer));
      }
    };
    const killUntilStaged = async (place: string, mirror: RepositoryServer): Promise<void> => {
      for (;;) {
        const had = await partsOf(place);
        const asked = mirror.requests.length;
        const isLast = isEnough();
        // One number after the other, so that they spread over a clean run's time.
        const killAfterMs = isLast ? undefined : ((totals.kills * 0.618) % 1) * seconds * 1000;
        totals.kills += isLast ? 0 : 1;
        const outcome = await receive(program, place, manifest, mirror.url, killAfterMs);
        const refetched = refetchedBytes(mirror, asked, had);
        assert.ok(refetched <= MOST_REFETCHED, `${refetched} bytes fetched twice`);
        totals.mostRefetched = Math.max(totals.mostRefetched, refetched);
        if (outcome.staged) return;
        totals.early += 1;
        assert.ok(!isTakenForRelease(place) || (await slotHolds(place, newer)));
      }
    };
    await Promise.all(Array.from({ length: NODES }, (_, node) => live(node)));
    process.stderr.write(
      `      ${totals.kills} kills over a clean run's ${seconds.toFixed(2)} s, ${totals.early} before completion, ${totals.rounds} releases complete, at most ${totals.mostRefetched} bytes fetched twice after a kill; ${((performance.now() - begin) / 1000).toFixed(0)} s in all\n`,
    );
    assert.ok(totals.early >= KILLS_BEFORE_COMPLETION, `${totals.early} kills before completion`);
  });
});

/** How much of what a node had was asked for again. */
const refetchedBytes = (
  { requests }: RepositoryServer,
  from: number,
  had: ReadonlyMap<string, number>,
): number => {
  const first = new Map<string, number>();
  for (const { path: name, offset } of requests.slice(from)) {
    const digest = path.basename(name);
    first.set(digest, Math.min(first.get(digest) ?? Infinity, offset));
  }
  let bytes = 0;
  for (const [digest, offset] of first) bytes += Math.max(0, (had.get(digest) ?? 0) - offset);
  return bytes;
};
