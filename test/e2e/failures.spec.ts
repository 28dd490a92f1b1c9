/** A node to which bad things happen: it never hangs, never waits for a human, and what is on its disk stays. */
import assert from "node:assert/strict";
import path from "node:path";
import { before, describe, it } from "mocha";
import {
  addEntry,
  BAD,
  bootEntries,
  onlyEntry,
  renameEntry,
  withTries,
} from "../support/boot-entries.ts";
import {
  cloneDisk,
  copyDisk,
  deletePartition,
  digestOfPartition,
  diskOf,
  writePartition,
} from "../support/node-disk.ts";
import { comesUpWhole, bootNode, outputOf, sshGreeting } from "../support/node-machine.ts";
import {
  baseRelease,
  type BaseRelease,
  requireRoot,
  scratchDirectory,
} from "../support/release.ts";

/** The initrd's own deadline is five minutes, and a slow machine has to get there first. */
const INITRD_DEADLINE_MS = 15 * 60_000;

/** A unit of the initrd's that never ends, and without which it does not go on. */
const HANGING = {
  "systemd.extra-unit.hanging.service": `[Unit]
DefaultDependencies=no
ConditionPathExists=/etc/initrd-release
[Service]
Type=oneshot
ExecStart=/bin/sleep infinity
`,
  "systemd.unit-dropin.initrd.target": "[Unit]\nRequires=hanging.service\nAfter=hanging.service\n",
};

describe("a node in trouble", function () {
  this.timeout("25m");
  requireRoot();
  const scratch = scratchDirectory("failures");
  const at = (name: string): string => path.join(scratch, name);
  let release: BaseRelease;
  /** A node that has had its first boots, and is off. */
  const node = at("node.raw");
  /** These go on beside the other tests, since all that they do is wait: the entries on the ESP once the initrd gave up. */
  let hanging: Promise<readonly string[]>;
  let rootless: Promise<readonly string[]>;

  before("build the release", async () => {
    release = await baseRelease();
    await copyDisk(diskOf(release.x86_64), node);
    hanging = endsInInitrd(at("hanging.raw"), HANGING);
    rootless = endsInInitrd(at("rootless.raw"));
    for (const one of [hanging, rootless]) one.catch(() => undefined);
  });

  /** Boots a fresh disk, without its root unless a unit is to hang, until the initrd ends it. */
  const endsInInitrd = async (
    file: string,
    credentials?: Readonly<Record<string, string>>,
  ): Promise<readonly string[]> => {
    const disk = await copyDisk(diskOf(release.x86_64), file);
    if (credentials === undefined) await deletePartition(disk, "slot-a");
    await using machine = await bootNode(disk, {
      endOnReset: true,
      ...(credentials === undefined ? {} : { credentials }),
    });
    if (credentials !== undefined) await machine.says(/hanging\.service/);
    assert.equal(await machine.off(INITRD_DEADLINE_MS), "reset");
    return await bootEntries(disk);
  };

  it("keeps files in /etc and /var over a reboot, a crash of PID 1 and a watchdog's reset", async () => {
    await using machine = await bootNode(node);
    await comesUpWhole(machine);
    // udev starts anew after the initrd; where it is slow, partitions go and come back meanwhile. The root must not.
    const gone = "udevadm trigger --settle --action=remove --name-match=vda3";
    assert.equal(await outputOf(machine, `${gone}; systemctl is-system-running`), "running");
    await outputOf(
      machine,
      "echo kept >/etc/kept; echo kept >/var/kept; cp /etc/machine-id /var/id; sync",
    );

    machine.send("systemctl reboot");
    await machine.reset(1);
    await comesUpWhole(machine);
    const kept = "cat /etc/kept /var/kept; cmp /etc/machine-id /var/id && echo same";
    assert.equal(await outputOf(machine, kept), "kept\nkept\nsame");

    machine.send("kill -SEGV 1");
    await machine.reset(2);
    assert.equal(machine.watchdogs(), 0);
    await comesUpWhole(machine);
    assert.equal(await outputOf(machine, kept), "kept\nkept\nsame");

    // A manager that does nothing any more, while the kernel is well.
    machine.send("echo 1 >/sys/fs/cgroup/init.scope/cgroup.freeze");
    await machine.reset(3);
    assert.equal(machine.watchdogs(), 1);
    await comesUpWhole(machine);
    await machine.powerOff();
  });

  it("comes up on a temporary /var, reachable, when its own is damaged, and leaves it as it is", async () => {
    const disk = await cloneDisk(node, at("damaged.raw"));
    await writePartition(disk, "var", Buffer.alloc(4096, 0xa5));
    const before_ = await digestsOf(disk);
    const entries = await bootEntries(disk);
    await using machine = await bootNode(disk, { network: "ssh" });
    await machine.up();
    assert.equal(await outputOf(machine, "findmnt -no FSTYPE /var"), "tmpfs");
    assert.match(
      await outputOf(machine, "cat /run/slipway/degraded"),
      /^\/var on \/dev\/vda6 cannot be mounted: /,
    );
    await outputOf(machine, "touch /etc/x /var/x");
    assert.match(await sshGreeting(machine), /^SSH-2\.0-/);
    // Whoever looks at the console is told as well.
    assert.match(machine.console(), /TEMPORARY \/var/);
    await machine.powerOff();
    assert.deepEqual(await digestsOf(disk), before_);
    assert.deepEqual(await bootEntries(disk), entries);
  });

  it("comes up on a temporary /var, reachable, when all releases are bad", async () => {
    const disk = await cloneDisk(node, at("bad.raw"));
    const entry = await onlyEntry(disk);
    await renameEntry(disk, entry, withTries(entry, BAD));
    await addEntry(disk, path.join(release.x86_64, "uki.efi"), withTries(`other-${entry}`, BAD));
    const var_ = await digestOfPartition(disk, "var");
    await using machine = await bootNode(disk, { network: "ssh" });
    await machine.up();
    assert.equal(await outputOf(machine, "findmnt -no FSTYPE /var"), "tmpfs");
    assert.match(
      await outputOf(machine, "cat /run/slipway/degraded"),
      /^every release on this disk counts as bad: /,
    );
    assert.match(await sshGreeting(machine), /^SSH-2\.0-/);
    await machine.powerOff();
    assert.equal(await digestOfPartition(disk, "var"), var_);
    // Nobody has blessed what was bad.
    for (const name of await bootEntries(disk)) assert.match(name, /\+0-\d+\.efi$/);
  });

  it("restarts, one try less, when its root partition is gone", async () => {
    const [entry, ...others] = await rootless;
    assert.match(entry ?? "", /\+2-1\.efi$/);
    assert.deepEqual(others, []);
  });

  it("restarts, one try less, when a unit of its initrd hangs", async () => {
    const [entry, ...others] = await hanging;
    assert.match(entry ?? "", /\+2-1\.efi$/);
    assert.deepEqual(others, []);
  });
});

/** Of all that a boot must not touch when it cannot have its /var. On the ESP, that it began is counted. */
const digestsOf = async (disk: string): Promise<Readonly<Record<string, string>>> => {
  const digests: Record<string, string> = {};
  for (const label of ["slot-a", "slot-a-verity", "var"]) {
    digests[label] = await digestOfPartition(disk, label);
  }
  return digests;
};
