/** The initrd's own units and settings of systemd, as data. */
import { type InitrdEntry, linkEntry, textEntry } from "./entry.ts";

const UNITS = "/usr/lib/systemd/system";

/** Nothing in the initrd may wait longer than this in all, whatever hangs. Slow disks of real machines need a minute. */
const DEADLINE = `[Unit]
JobTimeoutSec=5min
JobTimeoutAction=reboot-force
`;

const MANAGER = `[Manager]
# A machine without an operator comes back; nobody types into a frozen one.
CrashAction=reboot
DefaultDeviceTimeoutSec=90s
DefaultTimeoutStartSec=90s
DefaultTimeoutStopSec=30s
`;

/**
 * Every failure in the initrd ends in emergency.target, which in Debian opens a shell and waits. Ours shows the
 * reasons for ten seconds, as long as the kernel shows a panic, and restarts: the boot counter goes on counting.
 */
const EMERGENCY_TARGET = `[Unit]
Description=Failure in the Initrd
DefaultDependencies=no
Requires=emergency.service
After=emergency.service
AllowIsolate=yes
`;

const EMERGENCY_SERVICE = `[Unit]
Description=Reboot after a Failure in the Initrd
DefaultDependencies=no
Conflicts=shutdown.target
Before=shutdown.target
SuccessAction=reboot-force
FailureAction=reboot-force

[Service]
Type=exec
ExecStart=journalctl --no-pager --follow --lines=40 --priority=warning --output=short-monotonic
RuntimeMaxSec=10s
Environment=SYSTEMD_COLORS=0
StandardOutput=tty
TTYPath=/dev/console
`;

/*
 * Writable places, in the simplest way there is: a /var in memory, and an overlay on /etc whose upper layer is in it.
 * The units are ours rather than lines for fstab, so that what they wait for and what waits for them stands here.
 */
const VAR_MOUNT = `[Unit]
Description=Temporary /var
DefaultDependencies=no
Before=initrd-fs.target

[Mount]
What=tmpfs
Where=/sysroot/var
Type=tmpfs
Options=mode=0755,nodev,size=50%
`;

const ETC_SERVICE = `[Unit]
Description=Make the Upper Layer of /etc
DefaultDependencies=no
Requires=sysroot-var.mount
After=sysroot-var.mount

[Service]
Type=oneshot
ExecStart=systemd-tmpfiles --create /usr/lib/slipway/etc-overlay.conf
`;

const ETC_DIRECTORIES = `d /sysroot/var/lib/slipway/etc/upper 0755 0 0
d /sysroot/var/lib/slipway/etc/work 0755 0 0
`;

/** The options are part of the on-disk contract: what the kernel would do by default differs from version to version. */
const ETC_MOUNT = `[Unit]
Description=Writable /etc
DefaultDependencies=no
Requires=slipway-etc.service
After=slipway-etc.service
Before=initrd-fs.target

[Mount]
What=overlay
Where=/sysroot/etc
Type=overlay
Options=lowerdir=/sysroot/etc,upperdir=/sysroot/var/lib/slipway/etc/upper,workdir=/sysroot/var/lib/slipway/etc/work,index=off,metacopy=off,redirect_dir=off,xino=off
`;

const requiredBy = (target: string, unit: string): InitrdEntry =>
  linkEntry(`${UNITS}/${target}.requires/${unit}`, `../${unit}`);

export const INITRD_UNITS: readonly InitrdEntry[] = [
  textEntry("/usr/lib/systemd/system.conf.d/slipway.conf", MANAGER),
  textEntry(`${UNITS}/initrd.target.d/deadline.conf`, DEADLINE),
  textEntry(`${UNITS}/initrd-switch-root.target.d/deadline.conf`, DEADLINE),
  textEntry(`${UNITS}/emergency.target`, EMERGENCY_TARGET),
  textEntry(`${UNITS}/emergency.service`, EMERGENCY_SERVICE),
  textEntry(`${UNITS}/sysroot-var.mount`, VAR_MOUNT),
  requiredBy("initrd-fs.target", "sysroot-var.mount"),
  textEntry("/usr/lib/slipway/etc-overlay.conf", ETC_DIRECTORIES),
  textEntry(`${UNITS}/slipway-etc.service`, ETC_SERVICE),
  textEntry(`${UNITS}/sysroot-etc.mount`, ETC_MOUNT),
  requiredBy("initrd-fs.target", "sysroot-etc.mount"),
];
