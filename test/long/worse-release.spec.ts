/** Releases that come up and are worse than the one before: a unit that fails, a network that is gone. Each is refused in its first boot. */
import assert from "node:assert/strict";
import path from "node:path";
import { before, describe, it } from "mocha";
import { BAD, bootEntries, removeEntry, withTries } from "../support/boot-entries.ts";
import { builtBase } from "../support/built-base.ts";
import { putRelease } from "../support/installed-release.ts";
import { copyDisk, diskOf } from "../support/node-disk.ts";
import { bootNode, comesUpWhole, outputOf } from "../support/node-machine.ts";
import { requireRoot, scratchDirectory, slipway, succeeded } from "../support/release.ts";
import { writeSmallBase } from "../support/small-base.ts";

/** A network that gives addresses, and has nobody else on it. */
const MACHINE = { network: "closed" } as const;

/** What is wrong with each, and what its verdict says of it. */
const WORSE = [
  {
    version: "2",
    what: "with a unit that newly fails",
    image: "",
    files: `systemd:
  units:
    - name: app.service
      enabled: true
      contents: |
        [Service]
        ExecStart=/bin/sh -c 'echo no database; exit 1'
        [Install]
        WantedBy=multi-user.target
`,
    reason: /^slipway\/new-failures: failed, and not on 1: app\.service$/,
  },
  {
    version: "3",
    what: "that has lost its network",
    // The shortest: it ends a minute after the boot.
    image: "  health: { deadline_seconds: 60 }\n",
    files: `    - path: /etc/systemd/network/80-dhcp.network
      contents:
        inline: |
          [Match]
          Name=lan0
          [Network]
          DHCP=yes
`,
    reason: /^slipway\/network: the node has no address on any network; on 1 it had /,
  },
] as const;
describe("a release that is worse than the one before", function () {
  this.timeout("20m");
  requireRoot();
  const scratch = scratchDirectory("worse-release");
  const disk = path.join(scratch, "node.raw");
  const releaseOf = (version: string): string =>
    path.join(scratch, "out", "base", version, "x86_64");

  before("build them, and a node that has found a good one good", async () => {
    const first = await builtBase();
    for (const { version, image, files } of WORSE) {
      const definition = writeSmallBase(path.join(scratch, `definition-${version}`), {
        image: `  version: "${version}"\n${image}`,
        files,
        lock: first.lock,
      });
      succeeded(await slipway("build", definition, "--out", path.join(scratch, "out")));
    }
    await copyDisk(diskOf(first.release), disk);
    await using machine = await bootNode(disk, MACHINE);
    await comesUpWhole(machine);
    const kept = await outputOf(machine, "cat /var/lib/slipway/agent/baseline.json");
    assert.match(kept, /"failedUnits":\[\],"reach":"(?:address|route)"/);
    await machine.powerOff();
  });

  for (const { version, what, reason } of WORSE)
    it(`${what} is left in its first boot, with the reason in the ledger`, async () => {
      for (const entry of await bootEntries(disk))
        if (!entry.startsWith("base_1_")) await removeEntry(disk, entry);
      const added = await putRelease(disk, releaseOf(version), "slot-b");
      await using machine = await bootNode(disk, MACHINE);
      await machine.reset(1);
      await comesUpWhole(machine);
      assert.equal(await outputOf(machine, ". /etc/os-release; echo $IMAGE_VERSION"), "1");
      const { records } = JSON.parse(await outputOf(machine, "slipway-agent history --json")) as {
        readonly records: readonly { readonly kind: string; readonly reason?: string }[];
      };
      assert.match(records.find(({ kind }) => kind === "failed")?.reason ?? "", reason);
      await machine.powerOff();
      const [good, bad] = await bootEntries(disk);
      assert.match(good ?? "", /^base_1_[0-9a-f]{8}\.efi$/);
      assert.equal(bad, withTries(added, BAD));
    });
});
