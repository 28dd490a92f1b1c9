import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type CrashingDirectory, crashingDirectory, type Listing } from "@slipway/host/testing";
import { ReceiverError } from "@slipway/receiver";
import { describe, it } from "mocha";
import { encodeState, type TrustState } from "../../src/trust/trust-state.ts";
import { openTrustStore } from "../../src/trust/trust-store.ts";
import { memorySource } from "../support/memory-source.ts";
import { keptState, outcomeOf, testNode } from "../support/node.ts";
import { NOW, soundFiles } from "../../../../test/support/signed-repository/sound.ts";
import { seenFiles } from "../../../../test/support/signed-repository/refused-metadata.ts";
import { KEYS, makeRoot } from "../../../../test/support/signed-repository/test-repository.ts";

type Content = Omit<TrustState, "generation">;

const content = (root: string, word: string): Content => ({
  root: Buffer.from(root),
  lastSeen: NOW,
  roles: new Map([["timestamp", Buffer.from(word)]]),
  channels: new Map(),
});

const quiet = (): void => undefined;

const wordOf = (state: TrustState | undefined): string =>
  state === undefined
    ? "nothing"
    : `${Buffer.from(state.root).toString()} ${Buffer.from(state.roles.get("timestamp") ?? []).toString()}`;

const loadFrom = async (listing: Listing): Promise<string> =>
  wordOf(await openTrustStore(crashingDirectory(listing), quiet).load());

/** Every state that a power cut can leave between two moments of a directory's life. */
const cuts = (directory: CrashingDirectory, from: number): readonly (readonly Listing[])[] =>
  Array.from({ length: directory.steps() - from + 1 }, (_, index) =>
    directory.leftAfter(from + index),
  );

describe("the store of what is trusted", () => {
  it("gives back what it was given, the newest generation", async () => {
    const directory = crashingDirectory();
    const store = openTrustStore(directory, quiet);
    assert.equal(await store.load(), undefined);
    for (const word of ["a", "b", "c"]) await store.save(content("root", word));
    assert.equal(wordOf(await store.load()), "root c");
    assert.equal(keptState(directory)?.lastSeen, NOW);
  });

  const STORIES: readonly (readonly [string, Content | undefined, Content])[] = [
    ["the first", undefined, content("root 1", "a")],
    ["another", content("root 1", "a"), content("root 1", "b")],
    ["one with a rotated root", content("root 1", "a"), content("root 2", "a")],
  ];
  for (const [title, before, after] of STORIES)
    it(`has the old generation or the new one wherever the power is cut, when ${title} is saved`, async () => {
      const directory = crashingDirectory();
      const store = openTrustStore(directory, quiet);
      if (before !== undefined) await store.save(before);
      const start = directory.steps();
      await store.save(after);

      const old = before === undefined ? "nothing" : wordOf({ ...before, generation: 0 });
      const fresh = wordOf({ ...after, generation: 0 });
      const found = await Promise.all(
        cuts(directory, start).map((left) => Promise.all(left.map(loadFrom))),
      );
      for (const word of found.flat()) assert.ok([old, fresh].includes(word), word);
      // What a caller was told to be safe is safe, and up to the first rename nothing has changed.
      assert.deepEqual(new Set(found.at(-1)), new Set([fresh]));
      assert.deepEqual(new Set(found[0]), new Set([old]));
      assert.ok(found.flat().length >= 15, `${found.flat().length} states`);
    });

  it("goes on after every cut: the next generation is saved and found", async () => {
    const directory = crashingDirectory();
    const store = openTrustStore(directory, quiet);
    await store.save(content("root 1", "a"));
    const start = directory.steps();
    await store.save(content("root 2", "b"));
    for (const listing of cuts(directory, start).flat()) {
      const next = crashingDirectory(listing);
      await openTrustStore(next, quiet).save(content("root 2", "c"));
      assert.equal(await loadFrom(next.now()), "root 2 c");
    }
  });

  it("says WRITE_FAILED at every step that a full disk stops, and has lost nothing", async () => {
    for (let step = 1; step <= 10; step += 1) {
      const directory = crashingDirectory();
      const store = openTrustStore(directory, quiet);
      await store.save(content("root 1", "a"));
      const start = directory.steps();
      directory.failFrom(start + step, new Error("ENOSPC: no space left on device"));
      await assert.rejects(store.save(content("root 2", "b")), {
        code: "WRITE_FAILED",
        message: /cannot be kept in a directory in memory: ENOSPC/,
      });
      for (const listing of cuts(directory, start).flat())
        assert.ok(["root 1 a", "root 2 b"].includes(await loadFrom(listing)));
    }
  });

  it("takes the generation before when the newest is torn or spoilt anywhere, and says so", async () => {
    const directory = crashingDirectory();
    const store = openTrustStore(directory, quiet);
    for (const word of ["a", "b", "c"]) await store.save(content("root", word));
    const listing = directory.now();
    const newest = Buffer.from(encodeState(await newestOf(listing)));
    const [name = ""] = [...listing].find(([, bytes]) => newest.equals(bytes)) ?? [];
    assert.match(name, /^trust-[01]$/);
    for (let at = 0; at < newest.length; at += 1) {
      const spoilt = newest.with(at, (newest[at] ?? 0) ^ 1);
      for (const bytes of [spoilt, newest.subarray(0, at)]) {
        const lines: string[] = [];
        const left = crashingDirectory(new Map(listing).set(name, bytes));
        const loaded = await openTrustStore(left, (line) => lines.push(line)).load();
        assert.equal(wordOf(loaded), "root b");
        assert.equal(lines.length, 1);
        assert.match(lines[0] ?? "", new RegExp(`^${name} in .*; going on without it$`));
      }
    }
  });

  it("does not lose a rotated root to one spoilt file", async () => {
    const directory = crashingDirectory();
    const store = openTrustStore(directory, quiet);
    await store.save(content("root 1", "a"));
    await store.save(content("root 2", "a"));
    for (const name of ["trust-0", "trust-1"]) {
      const left = new Map(directory.now()).set(name, Buffer.from("spoilt"));
      assert.equal(await loadFrom(left), "root 2 a");
    }
  });

  it("does not read what a later agent wrote in another schema", async () => {
    const state = { ...content("root", "a"), generation: 0 };
    const text = Buffer.from(encodeState(state)).toString().replace('"schema":1', '"schema":2');
    const lines: string[] = [];
    const directory = crashingDirectory(new Map([["trust-0", Buffer.from(text)]]));
    assert.equal(await openTrustStore(directory, (line) => lines.push(line)).load(), undefined);
    assert.equal(lines.length, 1);
  });

  it("passes over members that a later agent added", async () => {
    const state = { ...content("root", "a"), generation: 0 };
    const [, body = ""] = Buffer.from(encodeState(state)).toString().split("\n");
    const more = `${body.replace('"schema":1', '"weather":{"sky":"blue"},"schema":1')}\n`;
    assert.notEqual(more, `${body}\n`);
    const digest = createHash("sha256").update(more).digest("hex");
    const left = new Map([["trust-0", Buffer.from(`slipway-trust ${digest}\n${more}`)]]);
    assert.equal(await loadFrom(left), "root a");
  });
});

const newestOf = async (listing: Listing): Promise<TrustState> => {
  const state = await openTrustStore(crashingDirectory(listing), quiet).load();
  assert.ok(state !== undefined);
  return state;
};

describe("a node whose power is cut during a refresh", () => {
  const root2 = makeRoot({ now: NOW, versions: { root: 2 }, before: KEYS });
  const newer = () => seenFiles().set(root2.path, root2.bytes);

  it("starts from the old state or the new one, at every write, sync and rename", async () => {
    const node = testNode();
    const old = await outcomeOf(node, memorySource(soundFiles()));
    const start = node.store.steps();
    const fresh = await outcomeOf(node, memorySource(newer()));
    assert.ok(typeof fresh === "string", String(fresh));

    let states = 0;
    let hasRoot2 = false;
    for (let step = start; step <= node.store.steps(); step += 1) {
      const left = node.store.leftAfter(step);
      const kept = left.map((listing) => keptState(crashingDirectory(listing)));
      // Once a rotated root is safe, it is safe for good.
      const have = kept.map((state) => root2.bytes.every((byte, i) => state?.root[i] === byte));
      assert.ok(!hasRoot2 || have.every(Boolean), `the root was lost again after step ${step}`);
      hasRoot2 = have.every(Boolean);
      for (const listing of left) {
        states += 1;
        const restarted = testNode({ store: crashingDirectory(listing) });
        assert.equal(await outcomeOf(restarted, memorySource(newer())), fresh);
        const rolledBack = testNode({ store: crashingDirectory(listing) });
        const outcome = await outcomeOf(rolledBack, memorySource(soundFiles()));
        assert.ok(outcome === old || (outcome as ReceiverError).code === "ROLLED_BACK");
      }
    }
    assert.ok(hasRoot2);
    assert.ok(states > 60, `${states} states`);
    const after = await outcomeOf(node, memorySource(soundFiles()));
    assert.ok(after instanceof ReceiverError && after.code === "ROLLED_BACK");
  });

  it("falls back to the image's root when both generations are gone, and believes again", async () => {
    const spoilt = new Map([
      ["trust-0", Buffer.from("x")],
      ["trust-1", Buffer.alloc(5000)],
    ]);
    const node = testNode({ store: crashingDirectory(spoilt) });
    assert.ok(typeof (await outcomeOf(node, memorySource(newer()))) === "string");
    assert.deepEqual(
      node.lines.map((line) => line.split(" ")[0]),
      ["trust-0", "trust-1"],
    );
  });

  it("believes nothing that it cannot keep", async () => {
    const store = crashingDirectory();
    store.failFrom(1, new Error("EIO"));
    const outcome = await outcomeOf(testNode({ store }), memorySource(soundFiles()));
    assert.ok(outcome instanceof ReceiverError && outcome.code === "WRITE_FAILED");
  });
});
