/** `slipway keys` and `slipway repo refresh`, as a person and cron run them. */
import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { type Outcome, scratchDirectory, slipway, succeeded } from "../support/release.ts";
import { serveFiles, tufClient } from "../support/tuf-client.ts";

interface Listing {
  readonly roles: readonly {
    readonly role: string;
    readonly threshold: number;
    readonly version: number;
    readonly expires: string;
    readonly freshness: string;
    readonly keys: readonly {
      readonly id: string;
      readonly here: boolean;
      readonly trusted: boolean;
    }[];
  }[];
}

const json = (outcome: Outcome): unknown => JSON.parse(succeeded(outcome).stdout);

describe("the commands for keys", () => {
  const scratch = scratchDirectory("keys");
  const [keys, repo] = [path.join(scratch, "keys"), path.join(scratch, "repo")];
  const both = ["--keys", keys, "--repo", repo] as const;
  const list = async () => json(await slipway("keys", "list", ...both, "--json")) as Listing;
  const roleOf = async (name: string) => {
    const found = (await list()).roles.find(({ role }) => role === name);
    assert.ok(found !== undefined, name);
    return found;
  };

  it("make keys and a repository, and say what they made without a secret", async () => {
    const made = await slipway("keys", "init", keys, "--image", "base", "--repo", repo, "--json");
    const { added } = json(made) as { added: readonly { role: string }[] };
    assert.deepEqual(
      added.map(({ role }) => role),
      ["root", "targets", "snapshot", "timestamp", "online", "image-base"],
    );
    for (const name of readdirSync(keys)) {
      const text = readFileSync(path.join(keys, name), "utf8");
      const [, secret] = /PRIVATE KEY-----\n([^\n]+)/.exec(text) ?? [];
      if (secret !== undefined) assert.ok(!`${made.stdout}${made.stderr}`.includes(secret));
    }
  });

  it("list every role with its keys and dates", async () => {
    const { roles } = await list();
    assert.equal(roles.length, 6);
    for (const { threshold, freshness, keys } of roles) {
      assert.deepEqual([threshold, freshness], [1, "fresh"]);
      assert.deepEqual(
        keys.map(({ here, trusted }) => [here, trusted]),
        [[true, true]],
      );
    }
    const { stdout } = succeeded(await slipway("keys", "list", ...both));
    assert.match(stdout, /^timestamp {4}1 of 1 {2}version 1 until .*Z {2}fresh$/m);
  });

  it("refresh without a question, and say what was signed", async () => {
    const { signed, warnings } = json(await slipway("repo", "refresh", ...both, "--json")) as {
      signed: readonly string[];
      warnings: readonly unknown[];
    };
    assert.deepEqual([signed, warnings], [["online", "snapshot", "timestamp"], []]);
    assert.equal((await roleOf("timestamp")).version, 2);
  });

  it("add another image, whose releases clients then find", async () => {
    succeeded(await slipway("keys", "init", keys, "--image", "edge", "--repo", repo));
    assert.equal((await roleOf("image-edge")).version, 1);
    const again = succeeded(await slipway("keys", "init", keys, "--image", "edge", "--repo", repo));
    assert.match(again.stdout, /nothing was missing/);
  });

  it("rotate and revoke, and name the file to destroy", async () => {
    const [before] = (await roleOf("timestamp")).keys;
    const { stdout } = succeeded(await slipway("keys", "rotate", "timestamp", ...both));
    assert.match(
      stdout,
      new RegExp(`destroy, with every copy: timestamp-${before?.id.slice(0, 8)}.pem`),
    );
    const [key] = (await roleOf("timestamp")).keys;
    assert.notEqual(key?.id, before?.id);
    succeeded(await slipway("keys", "revoke", key?.id.slice(0, 16) ?? "", ...both));
    assert.equal((await roleOf("root")).version, 3);
    await using server = await serveFiles(repo);
    const root = readFileSync(path.join(repo, "metadata/1.root.json"));
    const client = tufClient(scratch, server.url, root);
    assert.equal(await client.find("channels/base/stable.json", new Date()), undefined);
  });

  it("say where to go on when a key is not here", async () => {
    const names = readdirSync(keys).filter((name) => /^root-[0-9a-f]+\.pem$/.test(name));
    for (const name of names) renameSync(path.join(keys, name), path.join(scratch, name));
    const { status, stdout, stderr } = await slipway("keys", "rotate", "snapshot", ...both);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /error \[KEY_MISSING\]: root needs 1 of the keys [0-9a-f]{8}, and /);
    assert.match(stderr, /hint: run this where the private keys of root are/);
    assert.deepEqual(
      (await roleOf("root")).keys.map(({ here }) => here),
      [false],
    );
  });

  it("do not use keys that others could have read", async () => {
    chmodSync(keys, 0o755);
    const { status, stderr } = await slipway("repo", "refresh", ...both);
    chmodSync(keys, 0o700);
    assert.equal(status, 1);
    assert.match(stderr, /error \[KEYS_INVALID\]: .* has mode 0755/);
  });
});
