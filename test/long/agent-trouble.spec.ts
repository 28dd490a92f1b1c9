/**
 * What may go wrong while a node updates itself, one thing after the other, with the real agent on one real machine whose disk has sectors of 4096
 * bytes: nothing of it costs the node.
 */
import assert from "node:assert/strict";
import path from "node:path";
import { serveRepository } from "@slipway/composer";
import type { MachineSession } from "@slipway/composer/testing";
import { after, before, describe, it } from "mocha";
import { agentFleet, type AgentFleet } from "../support/agent-fleet.ts";
import { type AgentStatus, statusThat } from "../support/agent-status.ts";
import { bootEntries } from "../support/boot-entries.ts";
import { type CutLine, cutLine } from "../support/cut-line.ts";
import { cloneDisk, digestOfPartition } from "../support/node-disk.ts";
import { bootNode, comesUpWhole, type NodeMachine, outputOf } from "../support/node-machine.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";
import { rotEarly } from "../support/rot.ts";

const MIB = 2 ** 20;
const SECTOR_BYTES = 4096;

/** Enough to lose a repository in the middle of it. */
const BALLAST_BYTES = 24 * MIB;

describe("a node whose update meets trouble", function () {
  this.timeout("20m");
  requireRoot();
  const scratch = scratchDirectory("agent-trouble");
  let fleet: AgentFleet;
  let line: CutLine;
  let machine: MachineSession;
  /** Of slot B, which holds nothing before the first update. */
  let untouched: string;
  const cleanup = new AsyncDisposableStack();

  before("build two releases", async () => {
    fleet = await agentFleet(scratch, { ballastBytes: BALLAST_BYTES, sectorBytes: SECTOR_BYTES });
    untouched = await digestOfPartition(fleet.disk, "slot-b");
    const { repo } = fleet.shop;
    const served = cleanup.use(await serveRepository({ repo, host: "127.0.0.1", port: 0 }));
    line = cleanup.use(await cutLine(served.port));
  });
  after("switch everything off", async () => {
    await machine?.cut();
    await cleanup.disposeAsync();
  });

  const switchOn = async (more: NodeMachine = {}, file = fleet.disk): Promise<void> => {
    const disks = [{ file, sectorBytes: SECTOR_BYTES }] as const;
    machine = await bootNode([], { disks, network: { port: line.port }, ...more });
  };
  const saysFull = async (what: RegExp): Promise<void> => {
    const { booted } = await statusThat(machine, ({ state, why }) =>
      [state.failure, why].some((said) => said?.code === "E_SPACE" && what.test(said.message)),
    );
    assert.deepEqual([booted.version, booted.standing], ["1", "good"]);
    assert.equal(await outputOf(machine, "systemctl is-system-running"), "running");
    assert.equal(await digestOfPartition(fleet.disk, "slot-b"), untouched);
  };

  it("comes up with a clock in 1970, is not before its release was built, and follows the repository", async () => {
    await switchOn({ now: new Date("1970-01-02T03:04:05Z") });
    await comesUpWhole(machine);
    const [now = 0, built = 0] = (await outputOf(machine, "date +%s; stat -c %Y /usr"))
      .split("\n")
      .map(Number);
    assert.ok(built > Date.UTC(2026) / 1000 && now >= built, `${now} is before ${built}`);
    assert.equal(await outputOf(machine, "blockdev --getss /dev/vda"), String(SECTOR_BYTES));
    await outputOf(
      machine,
      "mkdir -p /etc/slipway/agent.d; echo 'strategy: manual' >/etc/slipway/agent.d/50-test.yaml",
    );
    const { why } = await statusThat(machine, ({ lastCheck }) => lastCheck?.answer === "none");
    assert.equal(why?.code, "up-to-date");
  });

  it("has a full /var, and says so while it is", async () => {
    await outputOf(machine, fill("/var"));
    await fleet.shop.offer("2");
    await saysFull(/^\/var has room for/);
    // Not free for a moment, in which it would be staged.
    await outputOf(machine, fill("/efi"));
    await outputOf(machine, empty("/var"));
  });

  it("has a full ESP, and says so", async () => {
    await outputOf(machine, TRY_NOW);
    await saysFull(/^the ESP has room for/);
  });

  it("loses its repository in mid-download, and when that is back goes on where it was", async () => {
    const before = line.carried();
    line.cutAfter(BALLAST_BYTES / 2);
    await outputOf(machine, empty("/efi"));
    await outputOf(machine, TRY_NOW);
    await statusThat(
      machine,
      ({ state }) => line.isCut() && state.failure?.code === "UNREACHABLE",
      STAGING_MS,
    );
    assert.equal(await digestOfPartition(fleet.disk, "slot-b"), untouched);
    line.mend();
    await outputOf(machine, TRY_NOW);
    const { booted, rollback } = await statusThat(machine, isStaged, STAGING_MS);
    assert.deepEqual([booted.version, booted.standing], ["1", "good"]);
    // What was in the other slot is gone, and nobody is promised a way there.
    assert.deepEqual([rollback.kind, rollback.code], ["none", "NOTHING_TO_ROLL_BACK_TO"]);
    // Half of it once more would be half as much again.
    const fetched = line.carried() - before;
    assert.ok(fetched > BALLAST_BYTES && fetched < BALLAST_BYTES * 1.25, `${fetched} bytes`);
  });

  it("knows what it staged after its power was cut, and loses its power again while it finalizes that", async () => {
    await machine.cut();
    await switchOn();
    await comesUpWhole(machine);
    const { booted } = await statusThat(machine, isStaged);
    assert.deepEqual([booted.version, booted.standing], ["1", "good"]);
    await outputOf(
      machine,
      "echo edited >/etc/edited-after-staging; echo kept >/var/lib/data; sync",
    );
    await outputOf(machine, FINALIZE_HALF);
    await machine.cut();
    // The loader knows of no second release.
    assert.equal((await bootEntries(fleet.disk)).length, 1);
  });

  it("goes on by itself with what it was ordered to do", async () => {
    await switchOn();
    await machine.reset(1, STAGING_MS).catch(async (cause: unknown) => {
      throw new Error(await outputOf(machine, TELL), { cause });
    });
    // Before the loader counts a try: what comes now, it may come twice.
    await machine.cut();
    const entries = await bootEntries(fleet.disk);
    assert.match(entries.join(" "), /^demo_1_[0-9a-f]{8}\.efi demo_2_[0-9a-f]{8}\+3\.efi$/);
  });

  it("comes back to where it was from a slot that rotted meanwhile", async () => {
    const rotten = await cloneDisk(fleet.disk, path.join(scratch, "rotten.raw"));
    await rotEarly(rotten, "slot-b", fleet.two.directory);
    await switchOn({}, rotten);
    for (const tries of [1, 2, 3]) await machine.reset(tries);
    await comesUpWhole(machine);
    await statusThat(machine, runs("1", ["2"]));
    assert.equal(await outputOf(machine, KEPT), "edited\nkept");
    await machine.cut();
  });

  it("runs the new release, with what was edited after it was staged", async () => {
    await switchOn();
    await comesUpWhole(machine);
    const { rollback } = await statusThat(machine, runs("2", []));
    assert.deepEqual([rollback.kind, rollback.version], ["reaches", "1"]);
    assert.equal(await outputOf(machine, KEPT), "edited\nkept");
  });

  it("rolls back to where status said, and to /etc as it was there", async () => {
    await outputOf(machine, "echo of release 2 >/etc/edited-after-staging");
    machine.send("slipway-agent rollback");
    await machine.reset();
    await comesUpWhole(machine);
    await statusThat(machine, runs("1", ["2"]));
    assert.equal(await outputOf(machine, KEPT), "edited\nkept");
    await machine.powerOff();
  });
});

/** All blocks of both slots are read, and one is written: minutes, where there is more to do on a machine than that. */
const STAGING_MS = 600_000;

/**
 * Takes all the room that there is, at once: what is reserved is not written. On the ESP it stays reserved for as long as somebody has it open.
 * XFS keeps something back for itself, and the last bytes are what a program writes until it may not any more.
 */
const fill = (place: string): string => `set -e
ls ${place} >/dev/null
room=$(df --output=avail -B1 ${place} | tail -n 1)
systemd-run --quiet --service-type=exec --unit=${fillerOf(place)} sh -c '
  exec 3>${place}/filler
  fallocate --keep-size --length='$room' ${place}/filler || fallocate --keep-size --length=$(('$room' - 1048576)) ${place}/filler
  dd if=/dev/zero of=${place}/filler.rest bs=4096
  exec sleep infinity'
until [ "$(df --output=avail -B1 ${place} | tail -n 1)" -lt 65536 ]; do sleep 0.2; done`;

const empty = (place: string): string =>
  `rm ${place}/filler ${place}/filler.rest; systemctl stop ${fillerOf(place)}`;

const fillerOf = (place: string): string => `fills-${place.slice(1)}.service`;

/** Nobody waits for the next attempt. */
const TRY_NOW = "systemctl reload slipway-agent.service";

/** Stops finalizing where it has begun to write /etc of the new release, and nothing on the disk has its name yet. */
const FINALIZE_HALF = `set -e
slipway-agent update --now >/dev/null 2>&1 &
for look in $(seq 600); do
  [ -d /var/lib/slipway/etc/*.new/upper ] && break
  sleep 0.1
done
kill -STOP $!
ls -d /var/lib/slipway/etc/*.new/upper`;

/** What an operator would look at. */
const TELL =
  "cat /run/slipway/degraded; systemctl list-jobs --no-pager; systemctl --failed --no-pager; ls /var/lib/slipway/etc; slipway-agent status; slipway-agent history; journalctl -b -u 'slipway-*' -n 80 --no-pager -o short-precise";

const KEPT = "cat /etc/edited-after-staging /var/lib/data";

const isStaged = ({ state }: AgentStatus): boolean => state.kind === "staged";

/** For good, and takes these no more. */
const runs =
  (version: string, forbidden: readonly string[]) =>
  ({ booted, state, ...status }: AgentStatus): boolean =>
    booted.version === version &&
    booted.standing === "good" &&
    state.kind === "steady" &&
    status.forbidden.map((one) => one.version).join() === forbidden.join();
