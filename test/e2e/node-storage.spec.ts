/** Where a node keeps what it keeps: on the disk that it was booted from, whatever its sectors, on both architectures. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { MachineSession } from "@slipway/composer/testing";
import { before, describe, it } from "mocha";
import { cloneDisk, copyDisk, diskOf, partitionsOf } from "../support/node-disk.ts";
import { comesUpWhole, bootNode, outputOf } from "../support/node-machine.ts";
import {
  baseRelease,
  type BaseRelease,
  requireRoot,
  run,
  scratchDirectory,
  slipway,
  succeeded,
} from "../support/release.ts";

/** The disks below the root's verity device, below /var and below the ESP, each by its kernel name. */
const DISKS_IN_USE = `
disk() { basename "$(dirname "$(readlink -f "$1")")"; }
ls /efi >/dev/null
set -- $(dmsetup table root)
echo "root $(disk "/sys/dev/block/$5")"
echo "hashes $(disk "/sys/dev/block/$6")"
echo "var $(disk "/sys/class/block/$(basename "$(findmnt -no SOURCE /var)")")"
echo "esp $(disk "/sys/class/block/$(basename "$(findmnt -t vfat -no SOURCE /efi)")")"
`;

const allOn = (disk: string): string => `root ${disk}\nhashes ${disk}\nvar ${disk}\nesp ${disk}`;

describe("a node's storage", function () {
  this.timeout("25m");
  requireRoot();
  const scratch = scratchDirectory("node-storage");
  const at = (name: string): string => path.join(scratch, name);
  let release: BaseRelease;

  before("build the release", async () => {
    release = await baseRelease();
  });

  const bootAndAsk = async (disks: readonly string[], bootDisk: number): Promise<string> => {
    await using machine = await bootNode(disks, { bootDisk });
    await comesUpWhole(machine);
    const inUse = await outputOf(machine, DISKS_IN_USE);
    await machine.powerOff();
    return inUse;
  };

  it("is that of the disk it was booted from, with the same release on a second disk", async () => {
    const pristine = await copyDisk(diskOf(release.x86_64), at("pristine.raw"));
    const node = await cloneDisk(pristine, at("node.raw"));
    const other = await cloneDisk(pristine, at("other.raw"));
    // The disk that is found first, and the one that is found last.
    assert.equal(await bootAndAsk([other, node], 1), allOn("vdb"));
    assert.equal(await bootAndAsk([node, other], 0), allOn("vda"));
    // Not a byte of the other disk was written.
    assert.equal((await run(["cmp", pristine, other])).status, 0);
    assert.deepEqual(
      (await partitionsOf(node)).map(({ label }) => label),
      ["esp", "slot-a", "slot-a-verity", "slot-b", "slot-b-verity", "var"],
    );
  });

  it("is on disks with sectors of 4096 bytes too", async () => {
    const out = at("out");
    const options = ["--arch", "x86_64", "--sector-size", "4096", "--locked", "--out", out];
    succeeded(await slipway("build", release.definition, ...options));
    const disk = await copyDisk(path.join(out, "base/1/x86_64/disk.raw"), at("4k.raw"));
    const manifest = await readFile(path.join(out, "base/1/x86_64/manifest.json"), "utf8");
    const [, rootUuid] = /"rootUuid": "([0-9a-f-]+)"/.exec(manifest) ?? [];
    assert.ok(rootUuid);
    await using machine = await bootNode([], {
      disks: [{ file: disk, sectorBytes: 4096 }],
      credentials: tellsInInitrd(`readlink -f /dev/disk/by-uuid/${rootUuid}`),
    });
    await comesUpWhole(machine);
    // Not the mapped root, which has the same UUID: veritysetup would be stopped where it waits for its devices.
    assert.equal(
      await outputOf(machine, "journalctl -b -o cat -u slipway-node -g ^/dev/"),
      "/dev/vda2",
    );
    assert.equal(await outputOf(machine, DISKS_IN_USE), allOn("vda"));
    assert.equal(await outputOf(machine, "cat /sys/block/vda/queue/logical_block_size"), "4096");
    await keepsOverReboot(machine);
    await machine.powerOff();
    // Everything but the disk is the release's that other disks have.
    for (const name of ["root.erofs", "root.verity", "uki.efi"]) {
      const files = [release.x86_64, path.join(out, "base/1/x86_64")].map(
        (one) => `${one}/${name}`,
      );
      assert.equal((await run(["cmp", ...files])).status, 0, name);
    }
  });

  it("keeps files in /etc and /var over a reboot on aarch64", async () => {
    const disk = await copyDisk(diskOf(release.aarch64), at("aarch64.raw"));
    await using machine = await bootNode(disk, { architecture: "aarch64" });
    await comesUpWhole(machine);
    assert.equal(await outputOf(machine, "uname -m"), "aarch64");
    assert.equal(await outputOf(machine, DISKS_IN_USE), allOn("vda"));
    await keepsOverReboot(machine);
    await machine.powerOff();
  });
});

/** Has a program of the root's say something in the initrd, once the node is prepared. */
const tellsInInitrd = (command: string): Readonly<Record<string, string>> => ({
  "systemd.unit-dropin.slipway-node.service~tell": `[Service]\nExecStartPost=chroot /sysroot ${command}\n`,
});

/** The machine is up, and is up again afterwards. */
const keepsOverReboot = async (machine: MachineSession): Promise<void> => {
  await outputOf(machine, "echo kept | tee /etc/kept >/var/kept; cp /etc/machine-id /var/id");
  machine.send("systemctl reboot");
  await machine.reset();
  await comesUpWhole(machine);
  assert.equal(
    await outputOf(machine, "cat /etc/kept /var/kept; cmp /etc/machine-id /var/id && echo same"),
    "kept\nkept\nsame",
  );
  // What is not the node's to change is not changed.
  assert.notEqual((await machine.run("touch /usr/x")).status, 0);
  assert.equal(await outputOf(machine, "findmnt -no FSTYPE,OPTIONS / | cut -d, -f1"), "erofs ro");
  assert.match(await outputOf(machine, "dmsetup status root"), / verity V$/);
};
