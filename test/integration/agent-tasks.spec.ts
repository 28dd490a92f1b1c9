/** The agent's tasks, from the look at the repository to the boot entry, on a node whose disk is a directory. */
import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { etcLeftBehind, type LedgerView, NODE_PLACES, type Tasks, tasksOf } from "@slipway/agent";
import { exportRelease, silentProgress } from "@slipway/composer";
import { type ScriptedExec, scriptedExec } from "@slipway/host/testing";
import { before, describe, it } from "mocha";
import { makeNodeFiles, type NodeFiles, NOTHING_HAPPENED } from "../support/node-files.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";
import { makeRepository, stable, type TestRepository } from "../support/repository.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";

const BY_ITSELF = { take: "by-itself" } as const;

interface Release {
  readonly version: string;
  readonly roothash: string;
  readonly securityEpoch: number;
}

describe("the agent's tasks on a node", function () {
  this.timeout("5m");
  requireRoot();
  const scratch = scratchDirectory("agent-tasks");
  let repository: TestRepository;
  let directories: readonly [one: string, two: string, three: string];

  before("publish three releases", async () => {
    repository = await makeRepository(scratch);
    const out = path.join(scratch, "out");
    directories = [
      await makeTinyRelease(out, { version: "1" }),
      await makeTinyRelease(out, { version: "2" }),
      await makeTinyRelease(out, { version: "3" }),
    ];
    for (const directory of directories.slice(0, 2))
      await repository.publish([directory], { channel: stable });
  });

  const releaseOf = (directory: string): Release => {
    const text = readFileSync(path.join(directory, "manifest.json"), "utf8");
    const { version, roothash } = JSON.parse(text) as Release;
    return { version, roothash, securityEpoch: 0 };
  };

  interface TestNode extends NodeFiles {
    readonly tasks: Tasks;
    readonly lines: string[];
    readonly exec: ScriptedExec;
    readonly entries: () => readonly string[];
    /** What was there when /etc was to be carried. */
    readonly entriesAtCarry: () => readonly string[];
  }

  const install = (name: string): TestNode => {
    const root = readFileSync(path.join(repository.repo, "metadata/1.root.json"));
    const node = makeNodeFiles(path.join(scratch, name), directories[0], root);
    return withTasks(node, repository.repo);
  };

  const withTasks = (node: NodeFiles, repo: string): TestNode => {
    const lines: string[] = [];
    const exec = scriptedExec([{}]);
    const entries = (): readonly string[] => readdirSync(node.at(NODE_PLACES.entries)).toSorted();
    let atCarry: readonly string[] = [];
    const context = node.context({
      repository: `file://${repo}`,
      clock: repository.clock,
      log: (line) => lines.push(line),
      exec,
      carried: async () => {
        atCarry = entries();
      },
    });
    return {
      ...node,
      tasks: tasksOf(context),
      lines,
      exec,
      entries,
      entriesAtCarry: () => atCarry,
    };
  };

  const file = (directory: string, state: string): string => {
    const { version, roothash } = releaseOf(directory);
    return `base_${version}_${roothash.slice(0, 8)}${state}`;
  };

  const holds = (node: TestNode, place: string, directory: string, artifact: string): void => {
    const expected = readFileSync(path.join(directory, artifact));
    const found = readFileSync(node.at(place)).subarray(0, expected.length);
    assert.ok(found.equals(expected), `${place} holds ${artifact}`);
  };

  const done = async (outcome: ReturnType<Tasks["stage"]>): Promise<void> =>
    assert.deepEqual(await outcome, { kind: "done" });

  const failsWith = async (outcome: ReturnType<Tasks["stage"]>, code: string): Promise<void> => {
    const { kind, ...rest } = await outcome;
    assert.equal(kind, "failed");
    assert.ok("code" in rest && rest.code === code, JSON.stringify(rest));
  };

  const stageTwo = async (node: TestNode): Promise<Release> => {
    const release = releaseOf(directories[1]);
    await done(node.tasks.stage({ kind: "stage", release }, NOTHING_HAPPENED));
    return release;
  };

  const rename = (node: NodeFiles, from: string, to: string): void =>
    renameSync(node.at(`${NODE_PLACES.entries}/${from}`), node.at(`${NODE_PLACES.entries}/${to}`));

  it("go from an installed node's first look to an entry with three tries", async () => {
    const node = install("story");
    const { tasks } = node;
    const release = releaseOf(directories[1]);
    const offer = await tasks.check({ kind: "check", request: BY_ITSELF }, NOTHING_HAPPENED);
    assert.deepEqual(offer, { kind: "offer", release });
    await done(tasks.preflight({ kind: "preflight", before: "stage", release }, NOTHING_HAPPENED));
    await done(tasks.stage({ kind: "stage", release }, NOTHING_HAPPENED));
    assert.deepEqual(node.entries(), [
      file(directories[0], ".efi"),
      file(directories[1], ".staged"),
    ]);
    holds(node, "/dev/vda2", directories[0], "root.erofs");
    holds(node, "/dev/vda4", directories[1], "root.erofs");
    holds(node, "/dev/vda5", directories[1], "root.verity");
    holds(
      node,
      `${NODE_PLACES.entries}/${file(directories[1], ".staged")}`,
      directories[1],
      "uki.efi",
    );
    const { facts } = await node.look();
    assert.equal(facts.inactive.release?.roothash, release.roothash);
    assert.deepEqual(
      readdirSync(node.at(`${NODE_PLACES.state}/releases/${release.roothash}`)).toSorted(),
      ["contents", "index", "manifest.json", "uki-index"],
    );
    await done(
      tasks.preflight({ kind: "preflight", before: "finalize", release }, NOTHING_HAPPENED),
    );
    await done(tasks.finalize({ kind: "finalize", release }, NOTHING_HAPPENED));
    const armed = [file(directories[0], ".efi"), file(directories[1], "+3.efi")];
    assert.deepEqual(node.entries(), armed);
    // /etc was on the disk before the entry had its name.
    assert.ok(node.entriesAtCarry().includes(file(directories[1], ".staged")));
    await done(tasks.finalize({ kind: "finalize", release }, NOTHING_HAPPENED));
    assert.deepEqual(node.entries(), armed);
    // How the node was on the release that it leaves.
    assert.ok(node.lines.includes("remembered 1"));
    await done(tasks.reboot({ kind: "reboot", reason: "into 2" }, NOTHING_HAPPENED));
    assert.equal(node.exec.ran[0]?.argv.join(" "), "systemctl reboot --no-block --no-wall");
  });

  it("make the new release by delta of what an installed node has, though no manifest was kept", async () => {
    const node = install("delta");
    await stageTwo(node);
    assert.match(
      node.lines.join("\n"),
      /^release 2 is in slot b: its root by delta from 1, its UKI by delta from 1, \d+ bytes of the slot written$/,
    );
  });

  it("leave the other slot's entry until everything is fetched, and take it before the slot is written", async () => {
    const node = install("former");
    const release = await stageTwo(node);
    await done(node.tasks.finalize({ kind: "finalize", release }, NOTHING_HAPPENED));
    // Tried, and not blessed: the node is back on the first one.
    const bad = file(directories[1], "+0-3.efi");
    rename(node, file(directories[1], "+3.efi"), bad);
    await repository.publish([directories[2]], { channel: stable });
    const next = releaseOf(directories[2]);
    // A repository that lost its transports ends staging before anything is touched.
    const empty = path.join(scratch, "without-blobs");
    cpSync(repository.repo, empty, { recursive: true });
    rmSync(path.join(empty, "blobs"), { recursive: true });
    const lost = withTasks(node, empty);
    await failsWith(
      lost.tasks.stage({ kind: "stage", release: next }, NOTHING_HAPPENED),
      "NO_TRANSPORT",
    );
    assert.deepEqual(node.entries(), [file(directories[0], ".efi"), bad]);
    await done(node.tasks.stage({ kind: "stage", release: next }, NOTHING_HAPPENED));
    assert.deepEqual(node.entries(), [
      file(directories[0], ".efi"),
      file(directories[2], ".staged"),
    ]);
    holds(node, "/dev/vda4", directories[2], "root.erofs");
    assert.deepEqual(readdirSync(node.at(`${NODE_PLACES.state}/releases/${release.roothash}`)), []);
  });

  const torn = "BASE_2~1.EFI";

  it("know the other slot's release by a torn name, and take that before the slot is written", async () => {
    const node = install("torn");
    await stageTwo(node);
    rename(node, file(directories[1], ".staged"), torn);
    assert.equal((await node.look()).facts.inactive.entry?.file, torn);
    const next = { kind: "stage", release: releaseOf(directories[2]) } as const;
    await done(node.tasks.stage(next, NOTHING_HAPPENED));
    assert.ok(!node.entries().includes(torn));
  });

  it("go on finalizing where a cut tore the new name", async () => {
    const node = install("torn-new");
    const release = await stageTwo(node);
    rename(node, file(directories[1], ".staged"), torn);
    await done(node.tasks.finalize({ kind: "finalize", release }, NOTHING_HAPPENED));
    assert.deepEqual(node.entries(), [
      file(directories[0], ".efi"),
      file(directories[1], "+3.efi"),
    ]);
  });

  it("stage a release again that failed and was forgiven", async () => {
    const node = install("forgiven");
    const release = await stageTwo(node);
    rename(node, file(directories[1], ".staged"), file(directories[1], "+0-4.efi"));
    await failsWith(
      node.tasks.finalize({ kind: "finalize", release }, NOTHING_HAPPENED),
      "NOT_STAGED",
    );
    await stageTwo(node);
    assert.deepEqual(node.entries(), [
      file(directories[0], ".efi"),
      file(directories[1], ".staged"),
    ]);
  });

  it("do not finalize a release whose manifest is damaged, nor one whose UKI is", async () => {
    const node = install("damaged");
    const release = await stageTwo(node);
    const kept = node.at(`${NODE_PLACES.state}/releases/${release.roothash}/manifest.json`);
    const text = readFileSync(kept);
    writeFileSync(kept, text.subarray(0, -1));
    const finalize = () => node.tasks.finalize({ kind: "finalize", release }, NOTHING_HAPPENED);
    await failsWith(finalize(), "NOT_STAGED");
    writeFileSync(kept, text);
    const staged = node.at(`${NODE_PLACES.entries}/${file(directories[1], ".staged")}`);
    const uki = readFileSync(staged);
    uki.writeUInt8(uki.readUInt8(uki.length - 600) ^ 1, uki.length - 600);
    writeFileSync(staged, uki);
    await failsWith(finalize(), "ENTRY_DIFFERS");
    assert.ok(node.entries().every((name) => !name.endsWith("+3.efi")));
    // And staged again, all is well.
    await stageTwo(node);
    await done(finalize());
  });

  it("roll back by names alone, and again", async () => {
    const node = install("rollback");
    const release = await stageTwo(node);
    await done(node.tasks.finalize({ kind: "finalize", release }, NOTHING_HAPPENED));
    rename(node, file(directories[1], "+3.efi"), file(directories[1], ".efi"));
    node.boot(directories[1], "b", file(directories[1], ".efi"));
    const target = releaseOf(directories[0]);
    for (const time of ["once", "twice"]) {
      await done(
        node.tasks.rollback({ kind: "rollback", target, from: release }, NOTHING_HAPPENED),
      );
      assert.deepEqual(
        node.entries(),
        [file(directories[0], ".efi"), file(directories[1], "+0-4.efi")],
        time,
      );
    }
  });

  it("arm a bad release again when a rollback leads to it", async () => {
    const node = install("rearm");
    const release = await stageTwo(node);
    await done(node.tasks.finalize({ kind: "finalize", release }, NOTHING_HAPPENED));
    rename(node, file(directories[1], "+3.efi"), file(directories[1], "+0-3.efi"));
    const from = releaseOf(directories[0]);
    await done(node.tasks.rollback({ kind: "rollback", target: release, from }, NOTHING_HAPPENED));
    assert.deepEqual(node.entries(), [
      file(directories[0], "+0-4.efi"),
      file(directories[1], "+3.efi"),
    ]);
  });

  it("tell which edits of /etc a rollback leaves behind", () => {
    const etcState = path.join(scratch, "etc");
    const write = (release: string, name: string, text: string): void => {
      mkdirSync(path.join(etcState, release, "upper/ssh"), { recursive: true });
      writeFileSync(path.join(etcState, release, "upper", name), text);
    };
    for (const release of ["one", "two"]) write(release, "carried", "the same");
    write("one", "ssh/changed", "before");
    write("two", "ssh/changed", "after");
    write("two", "made", "new");
    write("two", ".updated", "now");
    write("one", "only-before", "kept");
    const behind = (from: string, to: string): readonly string[] =>
      etcLeftBehind({ etcState }, { from, to });
    assert.deepEqual(behind("two", "one"), ["/etc/made", "/etc/ssh/changed"]);
    assert.deepEqual(behind("two", "never-booted"), [
      "/etc/carried",
      "/etc/made",
      "/etc/ssh/changed",
    ]);
    assert.deepEqual(behind("two", "two"), []);
  });

  it("take the staged entry away again, and never the booted one", async () => {
    const node = install("discard");
    const release = await stageTwo(node);
    await done(node.tasks.discard({ kind: "discard", release }, NOTHING_HAPPENED));
    assert.deepEqual(node.entries(), [file(directories[0], ".efi")]);
    await failsWith(
      node.tasks.discard({ kind: "discard", release: releaseOf(directories[0]) }, NOTHING_HAPPENED),
      "ALREADY_BOOTED",
    );
  });

  it("touch nothing while the booted release is on probation, unproven or the node degraded", async () => {
    const release = releaseOf(directories[1]);
    const cases: readonly (readonly [string, (node: TestNode) => void])[] = [
      [
        "ON_PROBATION",
        (node) => {
          const counted = file(directories[0], "+2-1.efi");
          rename(node, file(directories[0], ".efi"), counted);
          node.boot(directories[0], "a", counted);
        },
      ],
      ["UNPROVEN", (node) => node.boot(directories[1], "a", file(directories[0], ".efi"))],
      [
        "DEGRADED",
        (node) => {
          mkdirSync(node.at("/run/slipway"), { recursive: true });
          writeFileSync(node.at("/run/slipway/degraded"), "recovery was chosen in the boot menu");
        },
      ],
    ];
    for (const [code, change] of cases) {
      const node = install(`guard-${code}`);
      change(node);
      const entries = node.entries();
      const { tasks } = node;
      await failsWith(tasks.stage({ kind: "stage", release }, NOTHING_HAPPENED), code);
      await failsWith(tasks.finalize({ kind: "finalize", release }, NOTHING_HAPPENED), code);
      await failsWith(
        tasks.rollback({ kind: "rollback", target: release, from: release }, NOTHING_HAPPENED),
        code,
      );
      await failsWith(tasks.discard({ kind: "discard", release }, NOTHING_HAPPENED), code);
      assert.deepEqual(node.entries(), entries);
      assert.ok(readFileSync(node.at("/dev/vda4")).every((byte) => byte === 0));
    }
  });

  it("say by what nothing is offered, and what the ledger forbids", async () => {
    const node = install("refusals");
    const { tasks } = node;
    const [one, two, three] = directories.map(releaseOf);
    assert.ok(one !== undefined && two !== undefined && three !== undefined);
    const forbid = (release: Release) =>
      [release.roothash, { release, reason: "a health check failed", since: 0 }] as const;
    const ledger: LedgerView = {
      ...NOTHING_HAPPENED,
      forbidden: new Map([forbid(two), forbid(three)]),
    };
    const none = await tasks.check({ kind: "check", request: BY_ITSELF }, ledger);
    assert.ok(none.kind === "none");
    assert.equal(none.blocker.code, "forbidden");
    await failsWith(tasks.stage({ kind: "stage", release: two }, ledger), "FORBIDDEN");
    const wished = { take: "by-hand", only: "7" } as const;
    const missing = await tasks.check({ kind: "check", request: wished }, NOTHING_HAPPENED);
    assert.ok(missing.kind === "none" && missing.blocker.code === "not-signed");
    await failsWith(
      tasks.stage(
        { kind: "stage", release: { ...two, roothash: "0".repeat(64) } },
        NOTHING_HAPPENED,
      ),
      "NOT_LISTED",
    );
    await failsWith(
      tasks.preflight({ kind: "preflight", before: "finalize", release: two }, NOTHING_HAPPENED),
      "NOT_STAGED",
    );
  });

  it("go from an export without a network", async () => {
    const node = install("export");
    const archive = path.join(scratch, "base.tar");
    await exportRelease({
      repo: repository.repo,
      file: archive,
      image: "base",
      architecture: "x86_64",
      by: { kind: "channel", channel: "stable" },
      deltas: false,
      clock: repository.clock,
      progress: silentProgress,
    });
    const offer = await node.tasks.check(
      { kind: "check", request: { take: "by-hand", from: archive } },
      NOTHING_HAPPENED,
    );
    assert.ok(offer.kind === "offer", JSON.stringify(offer));
    await done(
      node.tasks.stage({ kind: "stage", release: offer.release, from: archive }, NOTHING_HAPPENED),
    );
    const { facts } = await node.look();
    assert.equal(facts.inactive.release?.version, offer.release.version);
  });
});
