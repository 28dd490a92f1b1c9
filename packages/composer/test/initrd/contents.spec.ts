import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { withDirectories } from "../../src/initrd/assemble.ts";
import { type InitrdEntry, textEntry } from "../../src/initrd/entry.ts";
import { kernelArguments } from "../../src/initrd/kernel-arguments.ts";
import { initrdOverlay } from "../../src/initrd/overlay.ts";

const overlay = initrdOverlay({
  files: ["kernel/drivers/md/dm-verity.ko", "kernel/arch/arm64/crypto/sha2-ce.ko"],
  builtin: [],
  missing: [],
  known: [],
});

const textOf = (path: string): string => {
  const entry = overlay.find((one) => one.path === path);
  assert.ok(entry?.kind === "file" && entry.content instanceof Uint8Array, path);
  return Buffer.from(entry.content).toString();
};

const UNITS = "/usr/lib/systemd/system";

describe("the initrd's own files", () => {
  it("tell systemd that this is an initrd", () => {
    const init = overlay.find(({ path }) => path === "/init");
    assert.deepEqual(init, { kind: "link", path: "/init", target: "usr/lib/systemd/systemd" });
    assert.ok(overlay.some(({ path }) => path === "/etc/initrd-release"));
  });

  it("leave the slot's name below by-uuid with the partition, after the rules that give it", () => {
    assert.match(
      textOf("/usr/lib/udev/rules.d/61-slipway-verity.rules"),
      /^SUBSYSTEM=="block", .*ENV\{DM_UUID\}=="CRYPT-VERITY-\*", OPTIONS\+="link_priority=-100"$/m,
    );
  });

  it("restart after every failure: no shell, no frozen machine, no endless wait", () => {
    assert.match(textOf(`${UNITS}/emergency.service`), /^FailureAction=reboot-force$/m);
    assert.match(textOf(`${UNITS}/emergency.service`), /^SuccessAction=reboot-force$/m);
    assert.match(textOf(`${UNITS}/emergency.service`), /^RuntimeMaxSec=10s$/m);
    assert.match(textOf("/usr/lib/systemd/system.conf.d/slipway.conf"), /^CrashAction=reboot$/m);
    for (const target of ["initrd.target", "initrd-switch-root.target"]) {
      const deadline = textOf(`${UNITS}/${target}.d/deadline.conf`);
      assert.match(deadline, /^JobTimeoutSec=5min$/m);
      assert.match(deadline, /^JobTimeoutAction=reboot-force$/m);
    }
  });

  it("arm the watchdog", () => {
    assert.match(
      textOf("/usr/lib/systemd/system.conf.d/slipway.conf"),
      /^RuntimeWatchdogSec=30s$/m,
    );
  });

  it("have the verified root prepare the node before it is entered, once and in bounded time", () => {
    const unit = textOf(`${UNITS}/slipway-node.service`);
    assert.match(unit, /^ExecStart=\/usr\/lib\/slipway\/enter-root$/m);
    const script = textOf("/usr/lib/slipway/enter-root");
    assert.match(script, /^exec chroot \/sysroot \/usr\/lib\/slipway\/prepare-node$/m);
    assert.match(unit, /^Before=initrd-fs\.target /m);
    assert.match(unit, /^RemainAfterExit=yes$/m);
    assert.match(unit, /^TimeoutStartSec=4min$/m);
    const required = `${UNITS}/initrd-fs.target.requires/slipway-node.service`;
    assert.ok(overlay.some(({ path }) => path === required));
  });

  it("count the starts of a blessed release before the root is read, and restart once it has none left", () => {
    const unit = textOf(`${UNITS}/slipway-count-boot.service`);
    assert.match(unit, /^Before=sysroot\.mount$/m);
    assert.match(unit, /^FailureAction=reboot-force$/m);
    const wanted = `${UNITS}/sysroot.mount.wants/slipway-count-boot.service`;
    assert.ok(overlay.some(({ path }) => path === wanted));
    // Any other failure than a marked entry ends with 0, or a node would restart for a disk that is slow.
    const script = textOf("/usr/lib/slipway/count-boot");
    assert.deepEqual(
      [...script.matchAll(/\bexit (\$?\w+)/g)].map(([, status]) => status).toSorted(),
      ["$status", ...["0", "0", "0", "0", "0"]],
    );
  });

  it("load the driver of /var beside udev, and before the node is prepared", () => {
    const unit = textOf(`${UNITS}/slipway-var-driver.service`);
    const [, list = ""] = /^ExecStart=-\S+\/systemd-modules-load (\S+)$/m.exec(unit) ?? [];
    assert.equal(textOf(list), "xfs\n");
    // A list in one of these is loaded before udev starts.
    assert.ok(!list.includes("modules-load.d"), list);
    assert.doesNotMatch(unit, /^Before=.*udev/m);
    assert.match(
      textOf(`${UNITS}/slipway-node.service`),
      /^After=.*\bslipway-var-driver\.service$/m,
    );
  });

  it("load at once only modules that were packed", () => {
    assert.equal(textOf("/usr/lib/modules-load.d/slipway.conf"), "sha2_ce\ndm_verity\n");
  });

  it("are no two at one path", () => {
    const paths = overlay.map(({ path }) => path);
    assert.deepEqual(paths, [...new Set(paths)]);
  });
});

describe("directories above entries", () => {
  it("are added once, and keep the mode they were given", () => {
    const tmp: InitrdEntry = { kind: "directory", path: "/a", mode: 0o700 };
    const found = withDirectories([textEntry("/a/b/c", ""), textEntry("/a/b/d", ""), tmp]);
    assert.deepEqual(
      found.map((entry) => [entry.path, entry.kind === "directory" ? entry.mode : undefined]),
      [
        ["/a/b/c", undefined],
        ["/a/b/d", undefined],
        ["/a", 0o700],
        ["/a/b", 0o755],
      ],
    );
  });
});

describe("kernel arguments", () => {
  const root = { roothash: "abcd", dataUuid: "data", hashUuid: "hash" };

  it("are these on x86_64", () => {
    assert.equal(
      kernelArguments("x86_64", root).join(" "),
      "roothash=abcd systemd.verity_root_data=UUID=data systemd.verity_root_hash=UUID=hash " +
        "systemd.verity_root_options=panic-on-corruption rootfstype=erofs ro systemd.gpt_auto=no " +
        "panic=10 oops=panic systemd.crash_action=reboot console=tty0 console=ttyS0,115200",
    );
  });

  it("differ on aarch64 in the console alone", () => {
    assert.deepEqual(
      kernelArguments("aarch64", root).filter(
        (argument) => !kernelArguments("x86_64", root).includes(argument),
      ),
      ["console=ttyAMA0,115200"],
    );
  });

  it("end with the definition's own, so that they win", () => {
    const all = kernelArguments("x86_64", { ...root, extra: ["panic=0", "quiet"] });
    assert.deepEqual(all.slice(-2), ["panic=0", "quiet"]);
  });
});
