import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  filterModulesOrder,
  type KernelModules,
  moduleName,
  planModules,
} from "../../src/initrd/modules.ts";

const kernel: KernelModules = {
  dependencies: [
    "kernel/drivers/md/dm-mod.ko:",
    "kernel/drivers/md/dm-bufio.ko: kernel/drivers/md/dm-mod.ko",
    "kernel/drivers/md/dm-verity.ko: kernel/drivers/md/dm-bufio.ko kernel/drivers/md/dm-mod.ko",
    "kernel/fs/btrfs/btrfs.ko: kernel/lib/raid6.ko",
    "kernel/lib/raid6.ko:",
    "kernel/crypto/xxhash64.ko:",
    "kernel/fs/nls/nls_iso8859-1.ko:",
    "",
  ].join("\n"),
  builtin: "kernel/drivers/nvme/host/nvme.ko\nkernel/fs/ext4/ext4.ko\n",
  soft: "# made by depmod\nsoftdep btrfs pre: xxhash64 crypto-crc32c post: nothere\n",
};

describe("planning an initrd's modules", () => {
  it("takes a module with all it depends on, once, sorted", () => {
    assert.deepEqual(planModules(kernel, ["dm_verity", "dm-mod"]).files, [
      "kernel/drivers/md/dm-bufio.ko",
      "kernel/drivers/md/dm-mod.ko",
      "kernel/drivers/md/dm-verity.ko",
    ]);
  });

  it("takes dashes and underscores for the same, as the kernel does", () => {
    assert.equal(moduleName("kernel/fs/nls/nls_iso8859-1.ko.xz"), "nls_iso8859_1");
    assert.deepEqual(planModules(kernel, ["nls-iso8859_1"]).files, [
      "kernel/fs/nls/nls_iso8859-1.ko",
    ]);
  });

  it("takes soft dependencies that are there and passes over the others", () => {
    assert.deepEqual(planModules(kernel, ["btrfs"]).files, [
      "kernel/crypto/xxhash64.ko",
      "kernel/fs/btrfs/btrfs.ko",
      "kernel/lib/raid6.ko",
    ]);
  });

  it("needs no file for what is part of the kernel", () => {
    const plan = planModules(kernel, ["nvme"]);
    assert.deepEqual([plan.files, plan.builtin, plan.missing], [[], ["nvme"], []]);
  });

  it("tells names that this kernel does not know, with all that it does", () => {
    const plan = planModules(kernel, ["dm_veritas"]);
    assert.deepEqual(plan.missing, ["dm_veritas"]);
    assert.ok(plan.known.includes("dm_verity") && plan.known.includes("ext4"));
  });

  it("ends on a ring of dependencies", () => {
    const ring = {
      dependencies: "a.ko: b.ko\nb.ko: a.ko\n",
      builtin: "",
      soft: "softdep a pre: a b",
    };
    assert.deepEqual(planModules(ring, ["a"]).files, ["a.ko", "b.ko"]);
  });

  it("keeps of modules.order what is packed, in its order", () => {
    const order = "kernel/lib/raid6.ko\nkernel/drivers/md/dm-mod.ko\nkernel/fs/btrfs/btrfs.ko\n";
    assert.equal(
      filterModulesOrder(order, ["kernel/fs/btrfs/btrfs.ko", "kernel/lib/raid6.ko"]),
      "kernel/lib/raid6.ko\nkernel/fs/btrfs/btrfs.ko\n",
    );
  });
});
