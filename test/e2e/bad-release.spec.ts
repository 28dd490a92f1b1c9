/** Releases that do not come up, new ones and blessed ones: three times, and the node is back on the other by itself. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { THOROUGH } from "@slipway/host/testing";
import { before, describe, it } from "mocha";
import { addEntry, BAD, bootEntries, removeEntry, withTries } from "../support/boot-entries.ts";
import { builtBase } from "../support/built-base.ts";
import { putRelease } from "../support/installed-release.ts";
import { cloneDisk, copyDisk, diskOf } from "../support/node-disk.ts";
import { bootNode, comesUpWhole, outputOf } from "../support/node-machine.ts";
import { requireRoot, scratchDirectory, slipway, succeeded } from "../support/release.ts";
import { rotEarly } from "../support/rot.ts";
import { writeSmallBase } from "../support/small-base.ts";

/** An agent that does nothing and ends well, laid over the image's own: what is left of a file may be a program. */
const MUTE = `    - path: /usr/lib/mute.mjs
      contents: { inline: "export {};" }
systemd:
  units:
    - name: usr-lib-slipway-agent-agent.mjs.mount
      enabled: true
      contents: |
        [Unit]
        DefaultDependencies=no
        Before=local-fs.target
        [Mount]
        What=/usr/lib/mute.mjs
        Where=/usr/lib/slipway/agent/agent.mjs
        Type=none
        Options=bind
        [Install]
        WantedBy=local-fs.target
`;

/** What FAT keeps of the name of release 2's entry. */
const TORN = "BASE_2~1.EFI";
const VERSION = ". /etc/os-release; echo $IMAGE_VERSION";

describe("a release that does not come up", function () {
  this.timeout("20m");
  requireRoot();
  const scratch = scratchDirectory("bad-release");
  let bad = "";
  /** A node that has found release 1 good, and is off. */
  const node = path.join(scratch, "node.raw");
  let blessed = "";

  before("build two releases, and boot the good one", async () => {
    const first = await builtBase();
    const definition = writeSmallBase(path.join(scratch, "definition"), {
      image: '  version: "2"\n',
      files: MUTE,
      lock: first.lock,
    });
    const out = path.join(scratch, "out");
    succeeded(await slipway("build", definition, "--out", out));
    bad = path.join(out, "base", "2", "x86_64");
    await copyDisk(diskOf(first.release), node);
    await using machine = await bootNode(node);
    await comesUpWhole(machine);
    await outputOf(machine, "echo kept >/var/kept; echo kept >/etc/kept");
    await machine.powerOff();
    blessed = (await bootEntries(node))[0] ?? "";
    assert.match(blessed, /^base_1_[0-9a-f]{8}\.efi$/);
  });

  /** A node with release 2 in its other slot; the name of that one's entry is what `named` makes of it. */
  const nodeWithBoth = async (
    name: string,
    named: (entry: string) => string,
  ): Promise<{ readonly disk: string; readonly entry: string }> => {
    const disk = await cloneDisk(node, path.join(scratch, `${name}.raw`));
    const added = await putRelease(disk, bad, "slot-b");
    const entry = named(added);
    // Not renamed: its own short name is in the way of the torn one.
    await removeEntry(disk, added);
    await addEntry(disk, path.join(bad, "uki.efi"), entry);
    return { disk, entry };
  };

  /** After three starts of release 2 that came to nothing, and a fourth that ends where the initrd has counted them. */
  const comesBack = async (disk: string, entry: string): Promise<void> => {
    {
      await using machine = await bootNode(disk);
      for (const boot of [1, 2, 3]) await machine.reset(boot);
      await machine.says(/did not come up 3 times in a row: over to base_1_/);
      await machine.reset(4);
      await comesUpWhole(machine);
      assert.equal(await outputOf(machine, VERSION), "1");
      assert.equal(await outputOf(machine, "cat /var/kept /etc/kept"), "kept\nkept");
      await machine.powerOff();
    }
    assert.deepEqual(await bootEntries(disk), [blessed, withTries(entry, BAD)]);
    await rm(disk);
  };

  /** Its boots end in the initrd, at the first script of the root's: nothing that the release could count by itself. */
  it("is given up after three boots that a damaged block ended, although it was blessed", async () => {
    const { disk, entry } = await nodeWithBoth("rotten", (added) => withTries(added, ""));
    await rotEarly(disk, "slot-b", bad);
    await comesBack(disk, entry);
  });

  if (THOROUGH)
    /** Without a counter in the name the loader takes it for good: the initrd counts, and who has not judged has not found it good. */
    it("is given up after three starts under a name that a power cut tore, although its agent tells nobody", async () => {
      const { disk } = await nodeWithBoth("torn", () => TORN);
      await comesBack(disk, TORN.toLowerCase());
    });
});
