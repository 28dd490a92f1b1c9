/** What an update would change, told by a node whose disk is a directory, from a repository that was really published. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { NODE_PLACES, type PlanOutcome, planUpdate, tasksOf } from "@slipway/agent";
import { scriptedExec } from "@slipway/host/testing";
import { before, describe, it } from "mocha";
import { makeNodeFiles, type NodeFiles, NOTHING_HAPPENED } from "../support/node-files.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";
import { makeRepository, stable, type TestRepository } from "../support/repository.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";

interface Listed {
  readonly roothash: string;
  readonly transports: readonly { readonly file: { readonly sha256: string } }[];
  readonly contents: { readonly sha256: string };
}

describe("a plan", function () {
  this.timeout("5m");
  requireRoot();
  const scratch = scratchDirectory("agent-plan");
  let repository: TestRepository;
  let directories: readonly [one: string, two: string];

  before("publish two releases", async () => {
    repository = await makeRepository(scratch);
    const out = path.join(scratch, "out");
    directories = [
      await makeTinyRelease(out, { version: "1" }),
      await makeTinyRelease(out, { version: "2" }),
    ];
    for (const directory of directories) await repository.publish([directory], { channel: stable });
  });

  const blobOf = (repo: string, { sha256 }: { readonly sha256: string }): string =>
    path.join(repo, "blobs", sha256.slice(0, 2), sha256);

  /** The manifest of a version, as it is published. */
  const listed = (version: string): Listed => {
    const directory = path.join(repository.repo, "targets/releases/base", version);
    const [file = ""] = readdirSync(directory);
    return JSON.parse(readFileSync(path.join(directory, file), "utf8")) as Listed;
  };

  const install = (name: string): NodeFiles => {
    const root = readFileSync(path.join(repository.repo, "metadata/1.root.json"));
    const node = makeNodeFiles(path.join(scratch, name), directories[0], root);
    mkdirSync(node.at(NODE_PLACES.etc), { recursive: true });
    writeFileSync(node.at(`${NODE_PLACES.etc}/motd`), "ours\n");
    return node;
  };

  const contextOf = (node: NodeFiles, repo: string) =>
    node.context({
      repository: `file://${repo}`,
      clock: repository.clock,
      log: () => undefined,
      exec: scriptedExec([]),
      carried: async () => undefined,
    });

  const planned = async (node: NodeFiles, repo: string = repository.repo) => {
    const outcome: PlanOutcome = await planUpdate(
      contextOf(node, repo),
      { take: "not" },
      NOTHING_HAPPENED,
    );
    assert.ok(outcome.kind === "plan", JSON.stringify(outcome));
    return outcome.plan;
  };

  it("is made of metadata and the lists of both releases, without a byte of a root or a UKI", async () => {
    const node = install("whole");
    const bare = path.join(scratch, "bare");
    cpSync(repository.repo, bare, { recursive: true });
    for (const version of ["1", "2"])
      for (const { file } of listed(version).transports) rmSync(blobOf(bare, file));
    const { contents, etc, fetch, unknown, obstacles, isStaged } = await planned(node, bare);
    assert.deepEqual(contents?.packages.changed, [{ name: "tiny", before: "1", after: "2" }]);
    assert.deepEqual(contents.units.changed, ["own.service"]);
    assert.deepEqual(
      etc?.conflicts.map(({ path: file, code }) => `${file} ${code}`),
      ["/etc/motd changed-by-both", "/etc/systemd/system/own.service deleted-here-changed-there"],
    );
    assert.deepEqual(
      fetch.map(({ of, way }) => `${of} ${way}`),
      ["root delta", "uki delta"],
    );
    assert.deepEqual([unknown, obstacles, isStaged], [[], [], false]);
    // What is believed of the repository, and nothing else.
    assert.deepEqual(readdirSync(node.at(NODE_PLACES.state)), ["trust"]);
  });

  it("says what it cannot tell where a list is damaged, and all the rest", async () => {
    const node = install("damaged");
    const damaged = path.join(scratch, "damaged-repository");
    cpSync(repository.repo, damaged, { recursive: true });
    const blob = blobOf(damaged, listed("2").contents);
    const bytes = readFileSync(blob);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    writeFileSync(blob, bytes);
    const { contents, etc, unknown, release } = await planned(node, damaged);
    assert.deepEqual([contents, etc, release.version], [undefined, undefined, "2"]);
    assert.match(unknown.join("\n"), /^the list of what is in 2 cannot be had: .*digest/);
  });

  it("tells of a staged release that nothing is to be fetched, by what was kept of it", async () => {
    const node = install("staged");
    const context = contextOf(node, repository.repo);
    const { roothash } = listed("2");
    const release = { version: "2", roothash, securityEpoch: 0 };
    const staged = await tasksOf(context).stage({ kind: "stage", release }, NOTHING_HAPPENED);
    assert.deepEqual(staged, { kind: "done" });
    const { isStaged, fetch, contents } = await planned(node);
    assert.deepEqual([isStaged, fetch.map(({ way }) => way)], [true, ["staged", "staged"]]);
    assert.ok(contents !== undefined);
    assert.ok(
      readdirSync(node.at(`${NODE_PLACES.state}/releases/${roothash}`)).includes("contents"),
    );
  });
});
