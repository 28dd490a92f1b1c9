/** The recovery profile: chosen in the loader's menu at the console, with nothing on the disk touched. */
import assert from "node:assert/strict";
import path from "node:path";
import { setInterval as every } from "node:timers";
import { describe, it } from "mocha";
import { onlyEntry } from "../support/boot-entries.ts";
import { copyDisk, digestOfPartition, diskOf } from "../support/node-disk.ts";
import { comesUpWhole, bootNode, outputOf } from "../support/node-machine.ts";
import { baseRelease, requireRoot, scratchDirectory } from "../support/release.ts";

const DOWN = "\x1b[B";

describe("recovery profile", function () {
  this.timeout("15m");
  requireRoot();
  const scratch = scratchDirectory("recovery");

  it("is in the menu after the release, gives a shell on the console, and shows the disk read-only", async () => {
    const { x86_64 } = await baseRelease();
    const disk = await copyDisk(diskOf(x86_64), path.join(scratch, "node.raw"));
    {
      await using machine = await bootNode(disk);
      await comesUpWhole(machine);
      assert.doesNotMatch(await outputOf(machine, "cat /proc/cmdline"), /recovery/);
      await outputOf(machine, "echo precious >/var/precious; sync");
      await machine.powerOff();
    }
    const entry = await onlyEntry(disk);
    const contents = await digestOfPartition(disk, "var");

    await using machine = await bootNode(disk);
    // As a person does it: a key held down until the menu is there. It shows itself to nobody else.
    const held = every(() => machine.type(" "), 50);
    await machine.says(/Recovery of base 1/).finally(() => clearInterval(held));
    machine.type(`${DOWN}\r`);
    await machine.up();
    assert.equal(
      await outputOf(machine, "cat /run/slipway/degraded"),
      "recovery was chosen in the boot menu",
    );
    assert.equal(await outputOf(machine, "findmnt -no FSTYPE /var"), "tmpfs");
    assert.equal(await outputOf(machine, "cat /run/slipway/disk/var/precious"), "precious");
    for (const place of ["var", "slot-a", "efi"]) {
      const options = await outputOf(
        machine,
        `findmnt -no OPTIONS --mountpoint /run/slipway/disk/${place}`,
      );
      assert.match(options, /^ro,/, place);
    }
    // Somebody is logged in at the console without having been asked for a password that nobody has.
    await machine.says(/root@\S+:~# /);
    machine.type("echo shell-of $(id -un)\r");
    await machine.says(/shell-of root/);
    await machine.powerOff();
    assert.equal(await digestOfPartition(disk, "var"), contents);
    assert.equal(await onlyEntry(disk), entry);
  });
});
