/**
 * What of its packages goes into an initrd: an allow-list. Libraries are not listed, they follow from the programs
 * (see libraries.ts). What a package adds in a later version stays out until someone asks for it here, and what it
 * drops fails the build with its name.
 */
import type { Architecture } from "@slipway/ignition-config";

/**
 * Packages to unpack, with their dependencies. None of their maintainer scripts is needed: the few files that those
 * would make (accounts, links into /usr) are in overlay.ts. `systemd-cryptsetup` holds veritysetup's generator.
 */
export const initrdPackages = (_architecture: Architecture): readonly string[] => [
  "systemd",
  "systemd-cryptsetup",
  "udev",
  "kmod",
  "mount",
  "dmsetup",
  "coreutils",
  "dash",
];

const SYSTEMD = "/usr/lib/systemd";

export const PROGRAMS: readonly string[] = [
  `${SYSTEMD}/systemd`,
  `${SYSTEMD}/systemd-executor`,
  `${SYSTEMD}/systemd-journald`,
  `${SYSTEMD}/systemd-modules-load`,
  `${SYSTEMD}/systemd-shutdown`,
  `${SYSTEMD}/systemd-sysroot-fstab-check`,
  `${SYSTEMD}/systemd-udevd`,
  `${SYSTEMD}/systemd-veritysetup`,
  `${SYSTEMD}/system-generators/systemd-fstab-generator`,
  `${SYSTEMD}/system-generators/systemd-veritysetup-generator`,
  // Units and drop-ins handed over by a hypervisor, masks on the kernel command line: for tests and recovery.
  `${SYSTEMD}/system-generators/systemd-debug-generator`,
  "/usr/bin/dash",
  "/usr/bin/journalctl",
  "/usr/bin/kmod",
  "/usr/bin/mkdir",
  "/usr/bin/mount",
  "/usr/bin/mv",
  "/usr/bin/sync",
  "/usr/bin/systemctl",
  "/usr/bin/systemd-tmpfiles",
  "/usr/bin/tr",
  "/usr/bin/udevadm",
  "/usr/bin/umount",
  // Run by udev rules.
  "/usr/lib/udev/ata_id",
  "/usr/lib/udev/scsi_id",
  // For what the verified root does of the boot (units.ts).
  "/usr/sbin/chroot",
  "/usr/sbin/dmsetup",
  // The kernel's own path for loading modules is /sbin/modprobe.
  "/usr/sbin/modprobe",
];

/** Libraries that programs open by name at run time, so that nothing in them tells of it. */
export const OPENED_LIBRARIES: readonly string[] = [
  // udev and systemd-modules-load: without it no module is ever loaded.
  "libkmod.so.2",
];

export const UNITS: readonly string[] = [
  "basic.target",
  "ctrl-alt-del.target",
  "final.target",
  "initrd-cleanup.service",
  "initrd-fs.target",
  "initrd-parse-etc.service",
  "initrd-root-device.target",
  "initrd-root-fs.target",
  "initrd-switch-root.service",
  "initrd-switch-root.target",
  "initrd-udevadm-cleanup-db.service",
  "initrd-usr-fs.target",
  "initrd.target",
  "kmod-static-nodes.service",
  "local-fs-pre.target",
  "local-fs.target",
  "modprobe@.service",
  "paths.target",
  "poweroff.target",
  "reboot.target",
  "remote-fs-pre.target",
  "remote-fs.target",
  "remote-veritysetup.target",
  "shutdown.target",
  "slices.target",
  "sockets.target",
  "swap.target",
  "sysinit.target",
  "system-systemd\\x2dveritysetup.slice",
  "systemd-journald-dev-log.socket",
  "systemd-journald.service",
  "systemd-journald.socket",
  "systemd-modules-load.service",
  "systemd-poweroff.service",
  "systemd-reboot.service",
  "systemd-tmpfiles-setup-dev-early.service",
  "systemd-tmpfiles-setup-dev.service",
  "systemd-udev-trigger.service",
  "systemd-udevd-control.socket",
  "systemd-udevd-kernel.socket",
  "systemd-udevd.service",
  "timers.target",
  "umount.target",
  "veritysetup-pre.target",
  "veritysetup.target",
];

export const OTHER_FILES: readonly string[] = [
  // Names of block devices, loading of drivers, which devices systemd waits for.
  "/usr/lib/udev/rules.d/50-udev-default.rules",
  "/usr/lib/udev/rules.d/55-dm.rules",
  "/usr/lib/udev/rules.d/60-block.rules",
  "/usr/lib/udev/rules.d/60-persistent-storage-dm.rules",
  "/usr/lib/udev/rules.d/60-persistent-storage.rules",
  "/usr/lib/udev/rules.d/80-drivers.rules",
  "/usr/lib/udev/rules.d/95-dm-notify.rules",
  "/usr/lib/udev/rules.d/99-systemd.rules",
  // Debian's and systemd's settings of modules (not to make loop or bond devices by themselves).
  "/usr/lib/modprobe.d/aliases.conf",
  "/usr/lib/modprobe.d/systemd.conf",
];
