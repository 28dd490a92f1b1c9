/** A commit that is stopped between any two writes, or in the middle of one, and commits that run at the same time. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { before, describe, it } from "mocha";
import {
  commitTargets,
  type DurableFiles,
  ensureRepository,
  initKeys,
  openKeys,
  openMetadata,
  refreshRepository,
  revokeKeys,
  rotateKeys,
  withRepositoryLock,
} from "@slipway/composer";
import { imageRole } from "@slipway/release";
import { manualClock } from "@slipway/host/testing";
import { stealKey } from "../support/forge.ts";
import { scratchDirectory } from "../support/release.ts";
import {
  attachDrill,
  channel,
  type Drill,
  openDrill,
  release,
  signingHost,
} from "../support/trust-drill.ts";

class PowerCut extends Error {
  override readonly name = "PowerCut";
}

interface FailingFiles extends DurableFiles {
  /** Whether the power lasted. */
  readonly survived: () => boolean;
}

/** Files on a machine that loses its power after a number of writes, with a part of the next one under its temporary name. */
const filesUntil = (writes: number): FailingFiles => {
  let [left, isCut] = [writes, false];
  return {
    survived: () => !isCut,
    write: async (file, bytes, mode) => {
      mkdirSync(path.dirname(file), { recursive: true });
      const temporary = path.join(path.dirname(file), `.${path.basename(file)}.new`);
      isCut ||= left === 0;
      writeFileSync(temporary, isCut ? "half" : bytes, { mode });
      if (isCut) throw new PowerCut(file);
      left -= 1;
      renameSync(temporary, file);
    },
  };
};

const EDGE = { ...release("1"), path: "releases/edge/1/x86_64.json" };
const NO_EXTERNAL = { external: [] } as const;

type Change = (it: Drill, files: DurableFiles) => Promise<unknown>;

const rotation =
  (role: Parameters<typeof rotateKeys>[2]["role"]): Change =>
  async (it, files) =>
    rotateKeys(it.repository, await openKeys(it.keyDirectory, signingHost), { role }, NO_EXTERNAL, {
      ...signingHost,
      clock: it.clock,
      files,
    });

const CHANGES: Readonly<Record<string, Change>> = {
  "a release of a new image, and a channel": (it, files) =>
    commitTargets(
      it.repository,
      it.keys(),
      { put: [EDGE, channel("new")], remove: [] },
      it.clock,
      files,
    ),
  "a new image": (it, files) => ensureRepository(it.repository, it.keys(), it.clock, files),
  "all dates": async (it, files) =>
    refreshRepository(
      it.repository,
      await openKeys(it.keyDirectory, signingHost),
      ["root", "targets", "snapshot", "timestamp", "online", imageRole("base")],
      it.clock,
      files,
    ),
  "the root's key": rotation("root"),
  "the targets' key": rotation("targets"),
  "the snapshot's key": rotation("snapshot"),
  "the timestamp's key": rotation("timestamp"),
  "the online key": rotation("online"),
  "an image's key": rotation("image-base"),
  "stolen keys": async (it, files) =>
    revokeKeys(
      it.repository,
      await openKeys(it.keyDirectory, signingHost),
      ["snapshot", "online"].map((role) => stealKey(it.keyDirectory, role).id),
      NO_EXTERNAL,
      { ...signingHost, clock: it.clock, files },
    ),
};

describe("a power cut while changing", () => {
  const scratch = scratchDirectory("cut");

  const original = path.join(scratch, "original");
  const clock = manualClock(new Date("2026-06-01T00:00:00Z"));

  /** A repository with a release and a channel, and a key for an image that it does not know yet. */
  before(async () => {
    await using it = await openDrill(original, {}, clock);
    const changes = { put: [release("1"), channel("old")], remove: [] };
    await commitTargets(it.repository, it.keys(), changes, clock);
    const wishes = {
      algorithm: "ed25519",
      images: ["edge"],
      rootKeys: 1,
      rootThreshold: 1,
      external: [],
    } as const;
    await initKeys(it.keyDirectory, wishes, { ...signingHost, clock });
  });

  const prepared = (): Promise<Drill> => {
    const copy = mkdtempSync(path.join(scratch, "copy-"));
    cpSync(original, copy, { recursive: true });
    return attachDrill(copy, clock);
  };

  const seen = async (it: Drill, client: ReturnType<Drill["client"]>) => ({
    release: await client.read(release("1").path, it.clock.now()),
    channel: await client.read(channel("").path, it.clock.now()),
    edge: await client.read(EDGE.path, it.clock.now()),
  });
  const OLD = { release: "release 1", channel: "old", edge: undefined };

  for (const [what, change] of Object.entries(CHANGES)) {
    it(`${what}: after every write clients read the old or the new, and a second try succeeds`, async () => {
      const after = await (async () => {
        await using it = await prepared();
        await change(it, filesUntil(Number.POSITIVE_INFINITY));
        return await seen(it, it.client());
      })();
      for (let writes = 0; ; writes += 1) {
        await using it = await prepared();
        const old = it.client();
        assert.deepEqual(await seen(it, old), OLD);
        const files = filesUntil(writes);
        const outcome = await change(it, files).catch((error: unknown) => error);
        if (!files.survived()) assert.ok(outcome instanceof PowerCut, String(outcome));
        const views = [await seen(it, old), await seen(it, it.client())];
        assert.deepEqual(views[0], views[1]);
        assert.ok(
          [OLD, after].some((view) => JSON.stringify(view) === JSON.stringify(views[0])),
          `after ${writes} writes: ${JSON.stringify(views[0])}`,
        );
        await openMetadata(it.repository, await openKeys(it.keyDirectory, signingHost));
        if (files.survived()) {
          assert.ok(writes >= 3, "the commit wrote next to nothing");
          break;
        }
        // The thief's key may be gone from the index already, and the rest is then done.
        const retried = await change(it, filesUntil(Number.POSITIVE_INFINITY)).catch(
          (error: unknown) => error,
        );
        const isDone =
          retried instanceof Error && "code" in retried && retried.code === "UNKNOWN_KEY";
        if (!isDone) assert.ok(!(retried instanceof Error), String(retried));
        for (const client of [old, it.client()]) assert.deepEqual(await seen(it, client), after);
      }
    });
  }
});

describe("publishers at the same time", () => {
  const scratch = scratchDirectory("together");

  it("lose nothing of each other's", async () => {
    await using it = await openDrill(mkdtempSync(path.join(scratch, "drill-")));
    const versions = Array.from({ length: 8 }, (_, index) => String(index + 1));
    await Promise.all(
      versions.map((version) =>
        commitTargets(it.repository, it.keys(), { put: [release(version)], remove: [] }, it.clock),
      ),
    );
    const client = it.client();
    for (const version of versions)
      assert.equal(await client.read(release(version).path, it.clock.now()), `release ${version}`);
    const { timestamp } = await openMetadata(it.repository, it.keys());
    assert.equal(timestamp.metadata.signed.version, 9);
  });

  it("wait for one that is at work, but not for ever", async () => {
    const repository = path.join(scratch, "busy");
    await withRepositoryLock(repository, async () => {
      const second = withRepositoryLock(repository, async () => "done", 0.2);
      await assert.rejects(second, { code: "REPOSITORY_BUSY" });
    });
    assert.equal(await withRepositoryLock(repository, async () => "done", 0.2), "done");
  });

  it("leave no lock behind when they are killed", async () => {
    const repository = path.join(scratch, "killed");
    const composer = import.meta.resolve("@slipway/composer");
    const script = `
      const { withRepositoryLock } = await import(${JSON.stringify(composer)});
      await withRepositoryLock(${JSON.stringify(repository)}, async () => {
        process.stdout.write("locked");
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = spawn(
      process.execPath,
      ["--conditions=@slipway/source", "--input-type=module", "--eval", script],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(child.stdout, "data");
    await assert.rejects(
      withRepositoryLock(repository, async () => "mine", 0.2),
      {
        code: "REPOSITORY_BUSY",
      },
    );
    child.kill("SIGKILL");
    await once(child, "close");
    assert.equal(await withRepositoryLock(repository, async () => "mine", 0.2), "mine");
  });
});
