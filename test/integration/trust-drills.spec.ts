/** Keys that are replaced, stolen and lost, dates that run out: what nodes make of it, by a TUF client that is not ours. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import {
  commitTargets,
  openMetadata,
  refreshRepository,
  revokeKeys,
  rotateKeys,
} from "@slipway/composer";
import { DAILY_ROLES } from "@slipway/release";
import {
  factsOf,
  fastForward,
  forge,
  newestSigned,
  placeMetadata,
  stealKey,
} from "../support/forge.ts";
import { scratchDirectory } from "../support/release.ts";
import {
  channel,
  DAY_MS,
  type Drill,
  openDrill,
  release,
  signingHost,
} from "../support/trust-drill.ts";
import { serveFiles, tufClient } from "../support/tuf-client.ts";

const NO_EXTERNAL = { external: [] } as const;

const publish = async (it: Drill, version: string): Promise<void> => {
  await commitTargets(it.repository, it.keys(), { put: [release(version)], remove: [] }, it.clock);
};

const rotate = async (it: Drill, role: Parameters<typeof rotateKeys>[2]["role"]): Promise<void> => {
  const host = { ...signingHost, clock: it.clock };
  const done = await rotateKeys(it.repository, it.keys(), { role }, NO_EXTERNAL, host);
  it.keep(done.keyring);
};

const idOf = (it: Drill, role: string): string => stealKey(it.keyDirectory, role).id;

const revoke = async (it: Drill, ...ids: readonly string[]): Promise<void> => {
  const host = { ...signingHost, clock: it.clock };
  it.keep((await revokeKeys(it.repository, it.keys(), ids, NO_EXTERNAL, host)).keyring);
};

const sees = async (it: Drill, client: ReturnType<Drill["client"]>, version: string) =>
  (await client.find(release(version).path, it.clock.now())) !== undefined;

const trustedVersion = (directory: string, role: string): unknown =>
  (
    JSON.parse(readFileSync(path.join(directory, `${role}.json`), "utf8")) as {
      signed: { version: number };
    }
  ).signed.version;

describe("keys that are replaced in turn", () => {
  const scratch = scratchDirectory("rotate");
  const drill = (wishes: Parameters<typeof openDrill>[1] = {}) =>
    openDrill(mkdtempSync(path.join(scratch, "drill-")), wishes);

  it("five times, two of three root keys: a client of the first root follows", async () => {
    await using it = await drill({ rootKeys: 3, rootThreshold: 2 });
    const [early, late] = [it.client(), it.client()];
    await publish(it, "1");
    assert.ok(await sees(it, early, "1"));
    for (let count = 0; count < 5; count += 1) await rotate(it, "root");
    await publish(it, "2");
    for (const client of [early, late]) {
      assert.ok(await sees(it, client, "2"));
      assert.equal(trustedVersion(client.directory, "root"), 6);
    }
    const names = readdirSync(path.join(it.repository, "metadata"));
    assert.equal(names.filter((name) => name.endsWith(".root.json")).length, 6);
  });

  for (const role of [
    "root",
    "targets",
    "snapshot",
    "timestamp",
    "online",
    "image-base",
  ] as const) {
    for (const algorithm of ["ed25519", "ecdsa-p256"] as const) {
      it(`${role}, ${algorithm}: clients old and new read on, the old key counts no more`, async () => {
        await using it = await drill({ algorithm });
        const old = it.client();
        await publish(it, "1");
        assert.ok(await sees(it, old, "1"));
        const before = it.keys();
        await rotate(it, role);
        assert.notDeepEqual([...it.keys().index.keys.keys()], [...before.index.keys.keys()]);
        await publish(it, "2");
        await commitTargets(
          it.repository,
          it.keys(),
          { put: [channel("new")], remove: [] },
          it.clock,
        );
        for (const client of [old, it.client()]) {
          assert.ok(await sees(it, client, "2"));
          assert.equal(await client.read(channel("").path, it.clock.now()), "new");
        }
        await assert.rejects(refreshRepository(it.repository, before, [role], it.clock), {
          code: "KEY_MISSING",
        });
      });
    }
  }

  it("to be more of them: one root key becomes three, of which two must sign", async () => {
    await using it = await drill();
    const client = it.client();
    const host = { ...signingHost, clock: it.clock };
    const turn = async (change: Omit<Parameters<typeof rotateKeys>[2], "role">) =>
      it.keep(
        (await rotateKeys(it.repository, it.keys(), { role: "root", ...change }, NO_EXTERNAL, host))
          .keyring,
      );
    await assert.rejects(turn({ threshold: 2 }), {
      code: "KEY_MISSING",
      message: /2 signatures and have 1 keys/,
    });
    await turn({ count: 3, threshold: 2 });
    await turn({ only: idOf(it, "root") });
    await publish(it, "1");
    assert.ok(await sees(it, client, "1"));
    const { roles, version } = newestSigned(it.repository, "root") as {
      roles: Record<string, { keyids: string[]; threshold: number }>;
      version: number;
    };
    assert.deepEqual([version, roles["root"]?.keyids.length, roles["root"]?.threshold], [3, 3, 2]);
    assert.equal(
      readdirSync(it.keyDirectory).filter((name) => name.startsWith("root-")).length,
      10,
    );
  });

  it("without the root's key: nothing changes, and no key is left over", async () => {
    await using it = await drill();
    const files = () => readdirSync(it.keyDirectory).toSorted();
    it.hide("root");
    const before = files();
    await assert.rejects(rotate(it, "snapshot"), { code: "KEY_MISSING" });
    assert.deepEqual(files(), before);
    assert.deepEqual(newestSigned(it.repository, "root")["version"], 1);
  });
});

describe("keys that are stolen", () => {
  const scratch = scratchDirectory("stolen");
  const drill = () => openDrill(mkdtempSync(path.join(scratch, "drill-")));
  const FAR = 1_000_000_000;

  const steal = (it: Drill) => ({
    snapshot: stealKey(it.keyDirectory, "snapshot"),
    timestamp: stealKey(it.keyDirectory, "timestamp"),
  });

  it("of snapshot and timestamp, used on a mirror: after revocation clients come back from version 10^9", async () => {
    await using it = await drill();
    await publish(it, "1");
    const mirror = path.join(scratch, "mirror");
    cpSync(it.repository, mirror, { recursive: true });
    fastForward(mirror, FAR, steal(it));
    await using evil = await serveFiles(mirror);
    const root = readFileSync(path.join(it.repository, "metadata/1.root.json"));
    const victim = tufClient(scratch, evil.url, root);
    assert.ok(await sees(it, victim, "1"));
    assert.equal(trustedVersion(victim.directory, "timestamp"), FAR);

    // The mirror is put right, and new releases are not seen all the same.
    await publish(it, "2");
    cpSync(it.repository, mirror, { recursive: true });
    await assert.rejects(sees(it, victim, "2"), /less than current version 1000000000/);

    await revoke(it, idOf(it, "timestamp"));
    cpSync(it.repository, mirror, { recursive: true });
    assert.ok(await sees(it, victim, "2"));
    assert.ok(Number(trustedVersion(victim.directory, "timestamp")) < 100);
    await publish(it, "3");
    cpSync(it.repository, mirror, { recursive: true });
    assert.ok(await sees(it, victim, "3"));
  });

  it("and used on the repository itself, down to numbers that cannot be counted on from", async () => {
    for (const version of [FAR, Number.MAX_SAFE_INTEGER]) {
      await using it = await drill();
      await publish(it, "1");
      const victim = it.client();
      fastForward(it.repository, version, steal(it));
      assert.ok(await sees(it, victim, "1"));
      if (version === Number.MAX_SAFE_INTEGER)
        await assert.rejects(publish(it, "2"), /no version is left for snapshot/);
      await revoke(it, idOf(it, "snapshot"));
      await publish(it, "2");
      for (const client of [victim, it.client()]) {
        assert.ok(await sees(it, client, "2"));
        assert.ok(Number(trustedVersion(client.directory, "snapshot")) < 100);
      }
    }
  });

  it("and used to name metadata that does not exist: revocation goes by what other keys signed", async () => {
    await using it = await drill();
    await publish(it, "1");
    const missing = factsOf(77, Buffer.from("no such file"));
    fastForward(it.repository, 50, steal(it), {
      "targets.json": missing,
      "image-base.json": missing,
    });
    await assert.rejects(openMetadata(it.repository, it.keys()), { code: "REPOSITORY_INVALID" });
    await assert.rejects(publish(it, "2"), { code: "REPOSITORY_INVALID" });
    await revoke(it, idOf(it, "timestamp"));
    await publish(it, "2");
    assert.ok(await sees(it, it.client(), "2"));
  });

  it("the old key's timestamp is worth nothing to clients of the new root", async () => {
    await using it = await drill();
    await publish(it, "1");
    const stolen = steal(it);
    const client = it.client();
    await revoke(it, idOf(it, "timestamp"));
    assert.ok(await sees(it, client, "1"));
    fastForward(it.repository, FAR, stolen);
    await assert.rejects(sees(it, client, "1"), /timestamp was signed by 0\/1 keys/);
  });

  it("of online, even with snapshot and timestamp: no release that the image's key did not sign", async () => {
    await using it = await drill();
    await publish(it, "1");
    const forged = release("66");
    const bytes = Buffer.from(forged.bytes);
    const target = { ...factsOf(1, bytes), version: undefined, custom: forged.custom };
    const evilChannel = Buffer.from("everybody takes 66");
    const online = forge(
      {
        ...newestSigned(it.repository, "online"),
        version: 9,
        targets: {
          [forged.path]: target,
          [channel("").path]: { ...factsOf(1, evilChannel), version: undefined },
        },
      },
      [stealKey(it.keyDirectory, "online")],
    );
    placeMetadata(it.repository, "9.online.json", online);
    fastForward(it.repository, 9, steal(it), { "online.json": factsOf(9, online) });
    const client = it.client();
    // What the thief can do: choose.
    const found = await client.find(channel("").path, it.clock.now());
    assert.equal(found?.length, evilChannel.length);
    // And what not.
    assert.equal(await client.find(forged.path, it.clock.now()), undefined);
    assert.ok(await sees(it, client, "1"));
    // Whoever signs next sees it.
    await assert.rejects(
      openMetadata(it.repository, it.keys()),
      /online lists .*66.* not its to list/,
    );
  });

  it("of root: one of three is replaced by the other two", async () => {
    await using it = await openDrill(mkdtempSync(path.join(scratch, "drill-")), {
      rootKeys: 3,
      rootThreshold: 2,
    });
    const client = it.client();
    await revoke(it, idOf(it, "root"));
    await publish(it, "1");
    assert.ok(await sees(it, client, "1"));
    const { roles, version } = newestSigned(it.repository, "root") as {
      roles: Record<string, { keyids: string[]; threshold: number }>;
      version: number;
    };
    assert.deepEqual([version, roles["root"]?.keyids.length, roles["root"]?.threshold], [2, 3, 2]);
  });

  it("all of one machine at once", async () => {
    await using it = await drill();
    await publish(it, "1");
    const client = it.client();
    assert.ok(await sees(it, client, "1"));
    await revoke(it, ...DAILY_ROLES.map((role) => idOf(it, role)));
    await publish(it, "2");
    assert.ok(await sees(it, client, "2"));
  });

  it("but no key is taken for another by a slip", async () => {
    await using it = await drill();
    for (const id of ["", "00", "0000000000", "zz", "__proto__"])
      await assert.rejects(revoke(it, id), { code: "UNKNOWN_KEY" });
  });
});

describe("dates", () => {
  const scratch = scratchDirectory("dates");
  const drill = () => openDrill(mkdtempSync(path.join(scratch, "drill-")));

  it("are kept up by a refresh a day, 30 days without a release", async () => {
    await using it = await drill();
    await publish(it, "1");
    const client = it.client();
    for (let day = 1; day <= 30; day += 1) {
      it.clock.advance(DAY_MS);
      const { due } = await refreshRepository(it.repository, it.keys(), DAILY_ROLES, it.clock);
      assert.deepEqual(due, []);
      assert.ok(await sees(it, client, "1"), `day ${day}`);
    }
    assert.equal(newestSigned(it.repository, "image-base")["version"], 2);
    assert.ok(Number(trustedVersion(client.directory, "timestamp")) >= 31);
  });

  it("warn at half of their time, of what the daily refresh has no key for", async () => {
    await using it = await drill();
    it.hide("root", "targets", "image-base");
    it.clock.advance(44 * DAY_MS);
    const refresh = () => refreshRepository(it.repository, it.keys(), DAILY_ROLES, it.clock);
    assert.deepEqual((await refresh()).due, []);
    it.clock.advance(2 * DAY_MS);
    assert.deepEqual(
      (await refresh()).due.map(({ role, freshness }) => [role, freshness]),
      [
        ["targets", "past-half"],
        ["image-base", "past-half"],
      ],
    );
  });

  const ALL = [...DAILY_ROLES, "image-base", "targets", "root"] as const;
  for (const [days, roles] of [
    [8, ["timestamp"]],
    [15, DAILY_ROLES],
    [91, [...DAILY_ROLES, "image-base", "targets"]],
    [366, ALL],
  ] as const) {
    it(`expire: after ${days} days refused, signed anew accepted`, async () => {
      await using it = await drill();
      await publish(it, "1");
      const [old, fresh] = [it.client(), it.client()];
      assert.ok(await sees(it, old, "1"));
      it.clock.advance(days * DAY_MS);
      for (const client of [old, fresh]) await assert.rejects(sees(it, client, "1"), /expired/);
      await refreshRepository(it.repository, it.keys(), roles, it.clock);
      for (const client of [old, fresh]) assert.ok(await sees(it, client, "1"));
    });
  }
});
