/**
 * A container host that follows its repository to release 2 and is rolled back: what its containers keep, what a newer agent has written, and the boot loader
 * that release 2 brought, are all there for release 1.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { before, describe, it } from "mocha";
import { serveRepository, silentProgress } from "@slipway/composer";
import {
  countTraffic,
  findToolbox,
  type MachineSession,
  type OpenedWorkshop,
  openWorkshop,
  trafficSince,
} from "@slipway/composer/testing";
import { linuxClock, linuxExec } from "@slipway/host";
import { type AgentStatus, statusThat } from "../support/agent-status.ts";
import { definitionIo } from "../support/definition-io.ts";
import { copyDisk, diskOf } from "../support/node-disk.ts";
import { bootNode, comesUpWhole, outputOf } from "../support/node-machine.ts";
import { askHello, helloArchive } from "../support/oci-archive-hello.ts";
import { baseRelease, CACHE, requireRoot, scratchDirectory } from "../support/release.ts";

const DOCUMENT = path.resolve(import.meta.dirname, "../../docs/containers.md");
const NEWER_AGENT = path.resolve(import.meta.dirname, "../support/newer-agent.ts");
const LOADER = "/usr/lib/systemd/boot/efi/systemd-bootx64.efi";

const POLL_SECONDS = 5;
/** How often the node is seen to look at the repository once it is back. */
const POLLS = 5;
const UPDATE_MS = 10 * 60_000;
const PATIENCE_MS = 4 * 60_000;
const LOOK_MS = 1000;

/** Behind the agent, when the node goes down, and not while somebody else of the agent's is at work. */
const NEWER_AGENT_UNIT = `[Unit]
Description=What a Newer Agent Leaves
Before=slipway-agent.service
RequiresMountsFor=/var/lib/slipway
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
ExecStop=flock /run/slipway/agent/lock /usr/lib/slipway/agent/node /usr/lib/newer-agent.ts
[Install]
WantedBy=multi-user.target
`;

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The same program, which says everywhere that it is of the next version. */
const newerLoader = (program: Buffer): Buffer => {
  const text = program.toString("latin1");
  const [, version = ""] = /#### LoaderInfo: systemd-boot (\d+)\./.exec(text) ?? [];
  const [found, next] = [version, String(Number(version) + 1)].map((one) => `systemd-boot ${one}`);
  assert.ok(found?.length === next?.length && found !== undefined && next !== undefined, version);
  const wide = (one: string): string => Buffer.from(one, "utf16le").toString("latin1");
  return Buffer.from(text.replaceAll(found, next).replaceAll(wide(found), wide(next)), "latin1");
};

/** What is asked of the node under each of its releases. */
const QUESTIONS = {
  hello: `timeout 60 bash -c "${askHello("127.0.0.1")}"`,
  told: "podman exec keeper cat /data/told",
  containers:
    "podman ps --all --sort names --format '{{.Names}} {{.State}}' && podman volume ls --quiet",
  loader:
    "tail -c +5 /sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f | tr -d '\\0'",
  brought:
    "journalctl --boot --no-pager --output=cat --unit=slipway-loader --identifier=slipway-agent",
  loaders: "sha256sum </efi/EFI/systemd/systemd-bootx64.efi; sha256sum </efi/EFI/BOOT/BOOTX64.EFI",
} as const;

type Seen = Readonly<Record<keyof typeof QUESTIONS, string>>;

/** Waits until a script in the guest succeeds. */
const comesTrue = async (machine: MachineSession, script: string): Promise<void> => {
  const end = performance.now() + PATIENCE_MS;
  while ((await machine.run(script)).status !== 0) {
    if (performance.now() > end)
      assert.fail(
        `${script}\n${await outputOf(machine, "journalctl --boot --no-pager --lines=80")}`,
      );
    await sleep(LOOK_MS);
  }
};

const lookAt = async (machine: MachineSession): Promise<Seen> => {
  // The daemon is started behind it, and it behind the blessing.
  await comesTrue(machine, "systemctl --quiet is-active slipway-loader");
  const seen: Record<string, string> = {};
  for (const [name, question] of Object.entries(QUESTIONS))
    seen[name] = await outputOf(machine, question);
  const { hello = "", told = "", containers = "", loader = "", brought = "", loaders = "" } = seen;
  return { hello, told, containers, loader, brought, loaders };
};

describe("a container host that goes to release 2 and back", function () {
  this.timeout("30m");
  requireRoot();
  const scratch = scratchDirectory("agent-container-host");
  let older: Buffer;
  let newer: Buffer;
  /** Under release 1, under release 2, and under release 1 again. */
  let [first, second, back]: readonly (Seen | undefined)[] = [];
  let status: AgentStatus;
  let history: string;
  let journal: string;
  let fetched: number;

  /** The document that a release begins with: the container host of the documentation, and what release 2 has besides. */
  const write = async (): Promise<(release: string) => string> => {
    const base = await baseRelease();
    const toolbox = await findToolbox(linuxExec, CACHE, "compose");
    assert.ok(toolbox !== undefined);
    const tree = path.join(scratch, "tree");
    const root = path.join(base.x86_64, "root.erofs");
    await toolbox.run(
      { argv: ["fsck.erofs", `--extract=${tree}`, root], purpose: "unpacking the root" },
      { readable: [base.x86_64], writable: [scratch] },
    );
    older = readFileSync(path.join(tree, LOADER));
    newer = newerLoader(older);
    const definitions = path.join(scratch, "definitions");
    mkdirSync(definitions);
    for (const name of ["base.yaml", "container-host.yaml"])
      cpSync(path.join(path.dirname(base.definition), name), path.join(definitions, name));
    const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
    const put = (name: string, contents: string | Uint8Array): string => {
      const file = path.join(definitions, name);
      writeFileSync(file, contents);
      return file;
    };
    put("hello.oci.tar", helloArchive({ amd64: tree }));
    const hello = put("hello.yaml", yaml);
    const loader = put("loader.efi", newer);
    const newerAgent = put("newer-agent.ts", readFileSync(NEWER_AGENT));
    const second_ = {
      storage: {
        files: [
          { path: LOADER, overwrite: true, contents: { local: loader } },
          { path: "/usr/lib/newer-agent.ts", contents: { local: newerAgent } },
        ],
      },
      systemd: {
        units: [{ name: "newer-agent.service", enabled: true, contents: NEWER_AGENT_UNIT }],
      },
    };
    return (release) =>
      JSON.stringify({
        ...{ variant: "slipway", version: "1.0.0", include: [hello] },
        ...(release === "2" ? second_ : {}),
      });
  };

  const build = async (): Promise<{ readonly shop: OpenedWorkshop; readonly disk: string }> => {
    const directory = path.join(scratch, "shop");
    mkdirSync(directory);
    const shop = await openWorkshop({
      ...{ exec: linuxExec, clock: linuxClock, progress: silentProgress, environment: process.env },
      ...{ definitions: definitionIo, cache: CACHE, architecture: "x86_64", directory },
      ...{ pollSeconds: POLL_SECONDS, sameDay: true, base: await write() },
    });
    const one = await shop.make("1");
    await shop.make("2");
    await shop.offer("1");
    const disk = await copyDisk(diskOf(one.directory), path.join(scratch, "node.raw"), 2 ** 31);
    return { shop, disk };
  };

  before("go there and back", async () => {
    const { shop, disk } = await build();
    const traffic = countTraffic();
    await using served = await serveRepository({
      ...{ repo: shop.repo, host: "127.0.0.1", port: 0, onAnswer: traffic.count },
    });
    await using machine = await bootNode(disk, { network: { port: served.port } });
    await comesUpWhole(machine);
    // By hand, as people do: one container that podman starts at every boot, and what it keeps.
    const run =
      "podman run --quiet --detach --pull=never --name keeper --restart=always --network=none --volume keeper:/data localhost/hello:1";
    await outputOf(
      machine,
      `timeout 60 bash -c "${askHello("127.0.0.1")}" && systemctl enable podman-restart && ${run} && podman exec keeper bash -c 'echo one >/data/told'`,
    );
    first = await lookAt(machine);

    await shop.offer("2");
    await machine.reset(1, UPDATE_MS);
    await comesUpWhole(machine);
    await outputOf(
      machine,
      "podman exec keeper bash -c 'echo two >>/data/told' && podman create --quiet --pull=never --name later --volume later:/data localhost/hello:1",
    );
    second = await lookAt(machine);
    await statusThat(machine, ({ state }) => state.kind === "steady");

    machine.send("slipway-agent rollback --reason 'a test says so'");
    await machine.reset(2, UPDATE_MS);
    const fetchedBefore = traffic.now();
    await comesUpWhole(machine);
    // Nobody but the daemon is there to find the files: what it says of them is in its journal.
    const kept = "/var/lib/slipway/agent/state.json";
    await comesTrue(machine, `test -e ${kept}.unreadable && test -e ${kept}`);
    back = await lookAt(machine);
    const end = performance.now() + UPDATE_MS;
    while (trafficSince(fetchedBefore, traffic.now()).polls < POLLS) {
      assert.ok(performance.now() < end, "the node does not look at the repository any more");
      await sleep(LOOK_MS);
    }
    status = await statusThat(machine, ({ lastCheck }) => lastCheck !== undefined);
    history = await outputOf(machine, "slipway-agent history --json");
    journal = await outputOf(
      machine,
      `cat ${kept}.unreadable; journalctl --boot --no-pager --output=cat --identifier=slipway-agent`,
    );
    const { bytes } = trafficSince(fetchedBefore, traffic.now());
    fetched = bytes.delta + bytes.index + bytes.full;
    await machine.powerOff();
  });

  it("has the release's container answer under each release", () => {
    for (const seen of [first, second, back])
      assert.match(seen?.hello ?? "", /^HTTP\/1\.0 200 OK\r?\n\r?\nhello from podman-init\n/);
  });

  it("has podman start what was made by hand, with all that it keeps", () => {
    assert.deepEqual([first?.told, second?.told, back?.told], ["one", "one\ntwo", "one\ntwo"]);
    assert.equal(first?.containers, "hello running\nkeeper running\nkeeper");
  });

  it("has podman of release 1 read what podman of release 2 wrote", () => {
    const all = "hello running\nkeeper running\nlater created\nkeeper\nlater";
    assert.deepEqual([second?.containers, back?.containers], [all, all]);
  });

  it("brings the loader of release 2 once that is blessed, in both places, and says so", () => {
    const places = (program: Buffer): string => `${sha256(program)}  -\n${sha256(program)}  -`;
    assert.equal(first?.loaders, places(older));
    assert.equal(second?.loaders, places(newer));
    assert.match(second.brought, /EFI\/systemd\/.* is this release's now\n.*EFI\/BOOT\/.* is this/);
    // It was booted by the older one.
    assert.equal(second.loader, first.loader);
  });

  it("boots with the newer loader, and release 1 does not put the older one back", () => {
    const version = (seen: Seen | undefined): number =>
      Number(/^systemd-boot (\d+)/.exec(seen?.loader ?? "")?.[1]);
    assert.equal(version(back), version(first) + 1);
    assert.equal(back?.loaders, second?.loaders);
    assert.doesNotMatch(back?.brought ?? "", /now$/m);
  });

  it("goes by what a newer agent wrote, as far as it can read it", () => {
    const { booted, pin, forbidden, staged } = status;
    assert.deepEqual([booted.version, booted.standing], ["1", "good"]);
    assert.equal(pin?.version, "1");
    assert.deepEqual(forbidden.map(({ version }) => version).toSorted(), ["2", "8", "9"]);
    assert.equal(staged, undefined);
    assert.equal(status.lastCheck?.answer, "none");
    for (const kind of ["installed", "finalized", "rolled-back", "failed"])
      assert.match(history, new RegExp(`"kind": ?"${kind}"`));
    assert.doesNotMatch(history, /teleported/);
  });

  it("says what it sets aside, and looks at the repository without fetching anything", () => {
    assert.match(journal, /"kind":"dreaming"/);
    assert.match(journal, /state\.json .* is set aside as state\.json\.unreadable: .* schema 2/);
    assert.match(journal, /ledger .* has schema 2, and this agent knows 1/);
    assert.match(journal, /trust-\d .* has a schema other than 1; going on without it/);
    assert.equal(fetched, 0);
  });
});
