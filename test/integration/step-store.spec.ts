/** The cache of steps against interrupts, kills and racing builds. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { openStore } from "@slipway/composer/testing";

const recipe = { name: "tree", revision: 1 };

describe("step store", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "slipway-store-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const writeResult = (text: string) => (directory: string) =>
    writeFile(path.join(directory, "result"), text);
  const neverMade = (): Promise<void> => assert.fail("made although it was there");
  const results = (): Promise<readonly string[]> =>
    readdir(path.join(root, "steps/tree")).catch(() => []);

  const usedHoursAgo = async (key: string, hours: number): Promise<void> => {
    const then = new Date(Date.now() - hours * 60 * 60 * 1000);
    await utimes(path.join(root, "used", `${recipe.name}-${key}`), then, then);
  };

  it("makes a result once", async () => {
    const store = await openStore(root);
    const first = await store.run(recipe, "base", { a: "1" }, writeResult("one"));
    const second = await store.run(recipe, "base", { a: "1" }, neverMade);
    assert.deepEqual([first.hit, second.hit], [false, true]);
    assert.equal(await readFile(path.join(second.directory, "result"), "utf8"), "one");
  });

  it("tells which inputs changed since the last run for the same image", async () => {
    const store = await openStore(root);
    await store.run(recipe, "base", { a: "1", b: "1" }, writeResult("one"));
    const other = await store.run(recipe, "web", { a: "2", b: "1" }, writeResult("two"));
    const changed = await store.run(recipe, "base", { a: "1", b: "2" }, writeResult("three"));
    assert.equal(other.changed, undefined);
    assert.deepEqual(changed.changed, ["b"]);
  });

  it("keeps nothing of a step that fails", async () => {
    const store = await openStore(root);
    const failing = async (directory: string): Promise<void> => {
      await writeFile(path.join(directory, "half"), "");
      throw new Error("disk full");
    };
    await assert.rejects(store.run(recipe, "base", {}, failing), /disk full/);
    assert.deepEqual(await results(), []);
    assert.deepEqual(await readdir(path.join(root, "tmp")), []);
    const made = await store.run(recipe, "base", {}, writeResult("whole"));
    assert.deepEqual(await readdir(made.directory), ["result"]);
  });

  it("keeps nothing of a step whose process was killed, and clears it away at the next start", async () => {
    const script = `
      import { openStore } from "@slipway/composer/testing";
      import { writeFile } from "node:fs/promises";
      const store = await openStore(process.argv[1]);
      await store.run({ name: "tree", revision: 1 }, "base", {}, async (directory) => {
        await writeFile(directory + "/half", "");
        console.log("making");
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = spawn(
      process.execPath,
      ["--conditions=@slipway/source", "--input-type=module", "-e", script, root],
      { stdio: ["ignore", "pipe", "inherit"], cwd: import.meta.dirname },
    );
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.equal((await readdir(path.join(root, "tmp"))).length, 1);
    assert.deepEqual(await results(), []);

    const store = await openStore(root);
    assert.deepEqual(await readdir(path.join(root, "tmp")), []);
    await store.run(recipe, "base", {}, writeResult("whole"));
    assert.equal((await results()).length, 1);
  });

  it("serves two builds that make the same result at once", async () => {
    const [a, b] = [await openStore(root), await openStore(root)];
    const slow = async (directory: string): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await writeFile(path.join(directory, "result"), "same");
    };
    // One process, two stores: the serial numbers in `tmp` must not collide either.
    const made = await Promise.all([
      a.run(recipe, "base", {}, slow),
      b.run(recipe, "base", {}, slow),
    ]);
    assert.equal(made[0].directory, made[1].directory);
    assert.deepEqual(await readdir(made[0].directory), ["result"]);
  });

  it("finds a result under other inputs that lead to the same bytes", async () => {
    const store = await openStore(root);
    const { key } = await store.run(recipe, "base", { a: "1" }, writeResult("one"));
    await store.alias(recipe, key, { a: "2" });
    const found = await store.run(recipe, "base", { a: "2" }, neverMade);
    assert.equal(await readFile(path.join(found.directory, "result"), "utf8"), "one");
  });

  it("keeps the results used last when it is pruned, and no alias without its result", async () => {
    const store = await openStore(root);
    for (const [index, a] of ["1", "2", "3"].entries()) {
      const { key } = await store.run(recipe, "base", { a }, writeResult(a));
      await store.alias(recipe, key, { alias: a });
      await usedHoursAgo(key, 30 - index);
    }
    await store.run(recipe, "base", { a: "1" }, neverMade);
    await store.prune(recipe, 2);
    await store.prune(recipe, 2);
    const kept = await Promise.all(
      ["1", "2", "3"].map(async (a) => [
        (await store.peek(recipe, "base", { a })).hit,
        (await store.peek(recipe, "base", { alias: a })).hit,
      ]),
    );
    assert.deepEqual(kept, [
      [true, true],
      [false, false],
      [true, true],
    ]);
  });

  it("keeps what another build may be using, however much that is", async () => {
    const store = await openStore(root);
    for (const a of ["1", "2", "3"]) await store.run(recipe, "base", { a }, writeResult(a));
    await store.prune(recipe, 1);
    assert.equal((await results()).length, 3);
  });

  it("is pruned by several builds at once", async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(root)));
    const [store] = stores;
    assert.ok(store);
    for (let index = 0; index < 12; index++) {
      const { key } = await store.run(recipe, "base", { a: `${index}` }, writeResult("one"));
      await usedHoursAgo(key, 48 - 3 * index);
    }
    await Promise.all(stores.map((each) => each.prune(recipe, 2)));
    assert.equal((await results()).length, 2);
    assert.deepEqual(await readdir(path.join(root, "tmp")), []);
  });

  it("can share packages and sources with another store", async () => {
    const shared = { packages: path.join(root, "debs"), sources: path.join(root, "sources") };
    const { packages, sources } = await openStore(path.join(root, "b"), shared);
    assert.deepEqual({ packages, sources }, shared);
  });
});
