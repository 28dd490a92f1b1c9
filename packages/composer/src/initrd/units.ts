/** The initrd's own units and settings of systemd, as data. */
import { EMERGENCY_SERVICE, EMERGENCY_TARGET, MANAGER } from "../node/units.ts";
import { script } from "../node/script.ts";
import { type InitrdEntry, linkEntry, textEntry } from "./entry.ts";

const UNITS = "/usr/lib/systemd/system";
/** modules-load.d(5), outside of the directories of which all is loaded before anything else. */
const VAR_DRIVER_LIST = "/usr/lib/slipway/var-driver.conf";

/** Nothing in the initrd may wait longer than this in all, whatever hangs. Slow disks of real machines need a minute. */
const DEADLINE = `[Unit]
JobTimeoutSec=5min
JobTimeoutAction=reboot-force
`;

/**
 * The disk's part of the boot is a script of the verified root's: partitioning, file systems and their libraries stay out of
 * the initrd, which has to be downloaded with every release. The root gets the initrd's own /dev, /proc, /sys and /run,
 * and what the script mounts stays. systemd finds them there when it switches to the root, and leaves them.
 */
const PREPARE_NODE = `[Unit]
Description=Prepare /var and /etc of the Node
DefaultDependencies=no
Requires=sysroot.mount
Wants=slipway-var-driver.service
After=sysroot.mount slipway-var-driver.service
Before=initrd-fs.target initrd-parse-etc.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/lib/slipway/enter-root
StandardOutput=journal+console
TimeoutStartSec=4min
`;

/** Beside udev's work, which waits for devices more than it computes. Without it slipway-node.service loads the driver itself. */
const VAR_DRIVER = `[Unit]
Description=Load the Driver of /var
DefaultDependencies=no
After=systemd-modules-load.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=-/usr/lib/systemd/systemd-modules-load ${VAR_DRIVER_LIST}
`;

/** Before the root is read: that may be what ends the boot. Nobody waits for it who does not have to. */
const COUNT_BOOT = `[Unit]
Description=Count the Starts of a Blessed Release
DefaultDependencies=no
After=systemd-udevd.service systemd-modules-load.service
Before=sysroot.mount
FailureAction=reboot-force

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/lib/slipway/count-boot
StandardOutput=journal+console
`;

const requiredBy = (target: string, unit: string): InitrdEntry =>
  linkEntry(`${UNITS}/${target}.requires/${unit}`, `../${unit}`);

const scriptEntry = (name: string): InitrdEntry => {
  const { path, text, mode } = script(name);
  return textEntry(path, text, mode);
};

export const INITRD_UNITS: readonly InitrdEntry[] = [
  textEntry("/usr/lib/systemd/system.conf.d/slipway.conf", MANAGER),
  textEntry(`${UNITS}/initrd.target.d/deadline.conf`, DEADLINE),
  textEntry(`${UNITS}/initrd-switch-root.target.d/deadline.conf`, DEADLINE),
  textEntry(`${UNITS}/emergency.target`, EMERGENCY_TARGET),
  textEntry(`${UNITS}/emergency.service`, EMERGENCY_SERVICE),
  textEntry(`${UNITS}/slipway-node.service`, PREPARE_NODE),
  requiredBy("initrd-fs.target", "slipway-node.service"),
  textEntry(`${UNITS}/slipway-var-driver.service`, VAR_DRIVER),
  textEntry(VAR_DRIVER_LIST, "xfs\n"),
  textEntry(`${UNITS}/slipway-count-boot.service`, COUNT_BOOT),
  linkEntry(
    `${UNITS}/sysroot.mount.wants/slipway-count-boot.service`,
    "../slipway-count-boot.service",
  ),
  scriptEntry("count-boot"),
  scriptEntry("enter-root"),
];
