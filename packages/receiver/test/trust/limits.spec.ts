import assert from "node:assert/strict";
import { crashingDirectory, type ManualClock, manualClock } from "@slipway/host/testing";
import { openTrust, ReceiverError, type RepositorySource } from "@slipway/receiver";
import { describe, it } from "mocha";
import { memorySource } from "../support/memory-source.ts";
import { outcomeOf, testNode } from "../support/node.ts";
import { NOW, ROOT_1, soundFiles } from "../../../../test/support/signed-repository/sound.ts";
import {
  makeRoot,
  type RoleName,
  type Signed,
} from "../../../../test/support/signed-repository/test-repository.ts";

const errorOf = async (work: Promise<unknown>): Promise<ReceiverError> => {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof ReceiverError, String(outcome));
  return outcome;
};

const trustAt = (clock: ManualClock, ...sources: readonly RepositorySource[]) =>
  openTrust({
    store: crashingDirectory(),
    initialRoot: ROOT_1,
    sources,
    clock,
    buildDate: new Date(NOW * 1000),
    log: () => undefined,
  });

describe("the limits of metadata", () => {
  it("stop a timestamp of 10 MB after 16 kB, whoever announces what", async () => {
    let given = 0;
    const endless: RepositorySource = {
      ...memorySource(soundFiles()),
      fetch: async function* fetch(request) {
        if (request.path !== "metadata/timestamp.json") {
          yield* memorySource(soundFiles()).fetch(request);
          return;
        }
        assert.equal(request.mostBytes, 16_384);
        for (given = 0; given < 10_000_000; given += 1000) yield new Uint8Array(1000);
      },
    };
    const error = await errorOf(testNode().refresh(endless));
    assert.equal(error.code, "TOO_LARGE");
    assert.ok(given < 20_000, `${given} bytes were taken`);
  });

  it("are given to the source: each role's own, or what signed metadata says", async () => {
    const files = soundFiles();
    const asked = new Map<string, number>();
    const inner = memorySource(files);
    const source: RepositorySource = {
      name: "counting",
      fetch: (request) => {
        asked.set(request.path, request.mostBytes);
        return inner.fetch(request);
      },
    };
    await testNode().refresh(source);
    const size = (path: string): number => files.get(path)?.length ?? 0;
    assert.deepEqual(Object.fromEntries(asked), {
      "metadata/2.root.json": 512_000,
      "metadata/timestamp.json": 16_384,
      "metadata/1.snapshot.json": size("metadata/1.snapshot.json"),
      "metadata/1.targets.json": size("metadata/1.targets.json"),
    });
  });

  it("stop lists that would cost the library minutes before it looks at signatures", async () => {
    const many = (count: number, prefix: string): Record<string, unknown> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, {}]));
    const cases: readonly (readonly [RoleName, string, Record<string, unknown>])[] = [
      ["targets", "targets", many(2001, "x")],
      ["image-base", "targets", many(2001, "releases/base/")],
      ["snapshot", "meta", many(2001, "x")],
    ];
    for (const [role, list, entries] of cases) {
      // Nobody signed it, and nothing lists its digest: whoever stands in between can serve it.
      const files = soundFiles({
        bare: true,
        signers: { [role]: [] },
        edit: { [role]: (signed: Signed) => ({ ...signed, [list]: entries }) },
      });
      const outcome = await outcomeOf(testNode(), memorySource(files));
      assert.ok(outcome instanceof ReceiverError);
      assert.equal(outcome.code, "TOO_LARGE", outcome.message);
      assert.match(outcome.message, new RegExp(`has 2001 ${list}, more than 2000`));
    }
    const root = makeRoot({
      now: NOW,
      versions: { root: 2 },
      edit: { root: (signed: Signed) => ({ ...signed, roles: many(1001, "x") }) },
    });
    const outcome = await outcomeOf(
      testNode(),
      memorySource(soundFiles().set(root.path, root.bytes)),
    );
    assert.ok(outcome instanceof ReceiverError && outcome.code === "TOO_LARGE");
  });

  it("stop a body that trickles", async () => {
    const clock = manualClock(new Date(NOW * 1000));
    const trickle: RepositorySource = {
      name: "trickle",
      fetch: async function* fetch({ path }) {
        if (path !== "metadata/timestamp.json") throw new ReceiverError("NOT_FOUND", path);
        for (;;) {
          clock.advance(1000);
          yield new Uint8Array(1);
        }
      },
    };
    const error = await errorOf((await trustAt(clock, trickle)).refresh());
    assert.equal(error.code, "TOO_SLOW");
    assert.equal(clock.monotonicMs(), 61_000);
  });

  it("stop a body that never comes, and a source that does not listen", async () => {
    const clock = manualClock(new Date(NOW * 1000));
    const silent: RepositorySource = {
      name: "silent",
      fetch: async function* fetch() {
        // Time passes while it says nothing.
        setImmediate(() => clock.advance(60_000));
        await new Promise(() => undefined);
        yield new Uint8Array();
      },
    };
    const error = await errorOf((await trustAt(clock, silent)).refresh());
    assert.equal(error.code, "TOO_SLOW");
    assert.match(error.message, /2\.root\.json from silent did not come within 60 s/);
  });

  it("end one source's turn after five minutes, and keep the roots that it led to", async () => {
    const clock = manualClock(new Date(NOW * 1000));
    const roots = Array.from({ length: 9 }, (_, index) =>
      makeRoot({ now: NOW, versions: { root: index + 2 } }),
    );
    const files = soundFiles();
    for (const { path, bytes } of roots) files.set(path, bytes);
    const inner = memorySource(files);
    const asked: string[] = [];
    // Each file stays within its own limit; together they take too long.
    const slow: RepositorySource = {
      name: "slow",
      fetch: async function* fetch(request) {
        asked.push(request.path);
        clock.advance(50_000);
        yield* inner.fetch(request);
      },
    };
    const second = memorySource(files, "mirror 2");
    const trust = await trustAt(clock, slow, second);
    assert.equal((await trust.refresh()).timestampVersion, 1);
    assert.equal(asked.at(-1), "metadata/7.root.json");
    assert.equal(second.requests[0]?.path, "metadata/7.root.json");
  });

  it("end with the caller's patience", async () => {
    const clock = manualClock(new Date(NOW * 1000));
    const stop = new AbortController();
    const silent: RepositorySource = {
      name: "silent",
      fetch: async function* fetch() {
        setImmediate(() => stop.abort());
        await new Promise(() => undefined);
        yield new Uint8Array();
      },
    };
    const trust = await trustAt(clock, silent, memorySource(soundFiles()));
    const error = await errorOf(trust.refresh(stop.signal));
    assert.equal(error.code, "ABORTED");
    assert.equal((await errorOf(trust.refresh(stop.signal))).code, "ABORTED");
  });
});
