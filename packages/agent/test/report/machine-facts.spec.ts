import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { linuxMachineFacts } from "../../src/report/linux-machine-facts.ts";
import { bytesIn, countIn, factIn, plainFact } from "../../src/report/machine-facts.ts";
import { readerOf, scene } from "../node/scene.ts";

const factsOf = (files: Readonly<Record<string, string>>) => {
  const reader = readerOf({ ...scene(), files: new Map(Object.entries(files)), rooms: new Map() });
  return linuxMachineFacts(reader)();
};

describe("what a machine is", () => {
  it("is read from what the kernel tells", async () => {
    assert.deepEqual(
      await factsOf({
        "/sys/class/dmi/id/sys_vendor": "QEMU\n",
        "/sys/class/dmi/id/product_name": "Standard PC (Q35 + ICH9, 2009)\n",
        "/sys/class/dmi/id/bios_version": "2025.02-8\n",
        "/sys/class/dmi/id/bios_vendor": "EDK II\n",
        "/sys/class/dmi/id/bios_date": "02/02/2022\n",
        "/sys/class/dmi/id/product_serial": "secret\n",
        "/proc/sys/kernel/osrelease": "6.12.48+deb13-cloud-amd64\n",
        "/proc/cpuinfo":
          "processor\t: 0\nmodel name\t: Big CPU @ 3.0 GHz: fast\nflags\t\t: fpu hypervisor lm\n\n",
        "/sys/devices/system/cpu/online": "0-3,6\n",
        "/proc/meminfo": "MemTotal:        2014012 kB\nMemFree:  1 kB\n",
        "/proc/uptime": "123.45 400.00\n",
        "/sys/block/vda/size": "8388608\n",
        "/sys/block/vda/queue/rotational": "1\n",
        "/sys/block/sda/size": "2048\n",
        "/sys/block/sda/queue/rotational": "1\n",
        "/sys/block/sdb/size": "2048\n",
        "/sys/block/sdb/queue/rotational": "0\n",
        "/sys/block/nvme0n1/size": "2048\n",
        "/sys/block/nvme0n1/device/model": "Fast Disk   \n",
        "/sys/block/dm-0/size": "100\n",
        "/sys/block/loop0/size": "0\n",
        "/sys/class/net/lo/mtu": "65536\n",
        "/sys/class/net/enp1s0/address": "52:54:00:00:00:01\n",
        "/sys/class/net/enp1s0/operstate": "up\n",
        "/sys/class/net/enp1s0/speed": "1000\n",
        "/sys/class/net/enp2s0/operstate": "DOWN; rm\n",
        "/sys/class/net/enp2s0/speed": "-1\n",
      }),
      {
        vendor: "QEMU",
        product: "Standard PC (Q35 + ICH9, 2009)",
        firmware: "2025.02-8",
        firmwareVendor: "EDK II",
        firmwareDate: "02/02/2022",
        isVirtual: true,
        kernelRelease: "6.12.48+deb13-cloud-amd64",
        processor: "Big CPU @ 3.0 GHz: fast",
        processors: 5,
        memoryBytes: 2014012 * 1024,
        upSeconds: 123,
        disks: [
          { name: "nvme0n1", sizeBytes: 2 ** 20, model: "Fast Disk", kind: "nvme" },
          { name: "sda", sizeBytes: 2 ** 20, kind: "rotating" },
          { name: "sdb", sizeBytes: 2 ** 20, kind: "solid-state" },
          { name: "vda", sizeBytes: 4 * 2 ** 30, kind: "virtual" },
        ],
        links: ["enp1s0", "enp2s0"],
        network: [{ name: "enp1s0", state: "up", megabitsPerSecond: 1000 }, { name: "enp2s0" }],
      },
    );
  });

  it("is what can be known, where firmware and kernel say less", async () => {
    assert.deepEqual(await factsOf({}), { disks: [], links: [] });
    assert.deepEqual(
      await factsOf({
        "/sys/class/dmi/id/sys_vendor": " \n",
        "/sys/firmware/devicetree/base/model": "Raspberry Pi 4\0",
        "/sys/devices/system/cpu/online": "all\n",
        "/proc/uptime": "soon\n",
        "/sys/block/vda/size": "many\n",
      }),
      { product: "Raspberry Pi 4", disks: [], links: [] },
    );
  });

  it("is plain text of a bounded length", () => {
    assert.equal(plainFact("a\u001b[2J\n b"), "a [2J b");
    assert.equal(plainFact("x".repeat(1000))?.length, 120);
    assert.equal(factIn("a: 1\nab: 2", "ab"), "2");
    assert.equal(factIn("a: 1", "b"), undefined);
    assert.equal(bytesIn("12 MB"), undefined);
    assert.deepEqual(
      [countIn("0"), countIn("0-1,4-5"), countIn("5-3"), countIn("x")],
      [1, 4, 0, undefined],
    );
  });
});
