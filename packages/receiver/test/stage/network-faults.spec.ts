/** A real web server fails in every way that servers do; what is staged in the end is the release. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { after, before, describe, it } from "mocha";
import { DEFAULT_FETCH_LIMITS, stage } from "@slipway/receiver";
import { imagePair, indexedSeedsFrom, servedRelease } from "../support/a-release.ts";
import { formatNode, holds, stageOptions } from "../support/node-directory.ts";
import { type Fault, FAULTS, repositoryServer } from "../support/repository-server.ts";

const RUNS_OF_EACH = 25;
/** Silence is waited for, so it should be short; and long enough for a machine with much else to do. */
const LIMITS = { ...DEFAULT_FETCH_LIMITS, idleMs: 400, backOffMs: 1, mostBackOffMs: 5 };

const [older, newer] = imagePair(512, 60_000);
const served = await servedRelease(older, newer);
const seeds = await indexedSeedsFrom(older);

/** How a node can be placed: with an older release, with its index alone, with nothing. */
const NODES = [
  { ways: ["delta-1"], seeds },
  { ways: ["index-1", "frames-1"], seeds },
  { ways: ["frames-1"], seeds: [] },
] as const;

const manifestFor = (ways: readonly string[]) => ({
  ...served.manifest,
  transports: served.manifest.transports.filter(({ format }) => ways.includes(format)),
});

describe("a web server that fails", function () {
  this.timeout("5m");
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "slipway-faults-"));
  });
  after(() => rm(directory, { recursive: true }));

  let total = 0;
  const begin = performance.now();
  for (const fault of FAULTS) {
    it(`delays a release, and does not keep it from being staged: ${fault}, ${RUNS_OF_EACH} times`, async () => {
      for (let run = 0; run < RUNS_OF_EACH; run += 1) {
        const node = NODES[run % NODES.length];
        assert.ok(node !== undefined);
        // The first request of some runs fails, a later one of others.
        const at = Math.floor(run / NODES.length) % 2;
        const logged: string[] = [];
        const faultOf = (number: number): Fault | undefined => (number === at ? fault : undefined);
        await using server = await repositoryServer(served.blobs, faultOf);
        const manifest = manifestFor(node.ways);
        await formatNode(directory, manifest);
        const log = (message: string): void => void logged.push(message);
        await stage(
          stageOptions(directory, manifest, [server.url], node.seeds, { limits: LIMITS, log }),
        );
        assert.ok(await holds(directory, newer));
        assert.equal(server.requests.filter((request) => request.fault !== undefined).length, 1);
        assertReported(fault, logged, server.url);
        assertNotFetchedTwice(server.requests);
        total += 1;
      }
    });
  }

  it("goes on at the next mirror from the byte at which one failed", async () => {
    await using bad = await repositoryServer(served.blobs, () => "short body");
    await using good = await repositoryServer(served.blobs);
    const manifest = manifestFor(["frames-1"]);
    await formatNode(directory, manifest);
    const urls = [bad.url, good.url];
    await stage(stageOptions(directory, manifest, urls, [], { limits: LIMITS }));
    assert.ok(await holds(directory, newer));
    const [first] = bad.requests;
    const next = good.requests.find(({ path: name }) => name === first?.path);
    assert.equal(next?.offset, Math.floor((first?.length ?? 0) / 2));
  });

  after(() => {
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    process.stderr.write(
      `      ${total} network faults, each release staged and whole: ${seconds} s\n`,
    );
  });
});

/** Every failure is told with its source, but for the whole file in place of a part where that costs little. */
const assertReported = (fault: Fault, logged: readonly string[], url: string): void => {
  if (fault === "whole file" && logged.length === 0) return;
  assert.ok(
    logged.some((message) => message.includes(url)),
    `${fault} was not reported: ${logged.join("; ")}`,
  );
};

/** A request asks for nothing that came before; what was wrong, and what a failure swallowed, is asked for again. */
const assertNotFetchedTwice = (
  requests: readonly { path: string; offset: number; length: number; fault: Fault | undefined }[],
): void => {
  const came = new Map<string, Set<string>>();
  for (const { path: name, offset, length, fault } of requests) {
    const ranges = came.get(name) ?? new Set();
    came.set(name, ranges);
    assert.ok(!ranges.has(`${offset}+${length}`), `${name}: ${length} bytes at ${offset} again`);
    if (fault === undefined) ranges.add(`${offset}+${length}`);
  }
};
