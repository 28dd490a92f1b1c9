/** Units and settings of systemd that every node has, as data. Presets enable what is called `slipway-*`. */
import { BESIDE_THE_ESP } from "./confined.ts";
import { type NodeFile, UNITS } from "./node-file.ts";

/**
 * The manager, the same in the initrd and in the system. The watchdog is armed as soon as its driver is there and is fed
 * until the machine is off; on machines without one (QEMU's `virt` for aarch64 among them) systemd goes on without.
 */
export const MANAGER = `[Manager]
# A machine without an operator comes back; nobody types into a frozen one.
CrashAction=reboot
RuntimeWatchdogSec=30s
RebootWatchdogSec=5min
# A disk of a machine under load; the initrd's own deadline is five minutes.
DefaultDeviceTimeoutSec=3min
DefaultTimeoutStartSec=90s
DefaultTimeoutStopSec=60s
`;

/**
 * In the initrd and in the system alike, Debian's emergency mode opens a shell on the console and waits for a password
 * that does not exist. Ours shows the reasons for ten seconds, as long as the kernel shows a panic, and restarts: the boot
 * counter goes on counting.
 */
export const EMERGENCY_TARGET = `[Unit]
Description=Failure That Ends This Boot
DefaultDependencies=no
Requires=emergency.service
After=emergency.service
AllowIsolate=yes
`;

export const EMERGENCY_SERVICE = `[Unit]
Description=Reboot after a Failure
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

/**
 * Debian's local-fs.target goes to emergency mode when a file system of fstab's cannot be mounted. A server that answers
 * and says what is missing serves its operators better: what needs the file system fails, ssh does not, and the boot is not
 * blessed. A whole unit, since a drop-in cannot take a dependency away.
 */
const LOCAL_FS_TARGET = `[Unit]
Description=Local File Systems
Documentation=man:systemd.special(7)
After=local-fs-pre.target
DefaultDependencies=no
Conflicts=shutdown.target
`;

/** A machine that shall go down goes down. */
const SHUTDOWN_DEADLINE = `[Unit]
JobTimeoutSec=5min
JobTimeoutAction=reboot-force
`;

const RECOVERY_SERVICE = `[Unit]
Description=Show the Disk to Whoever Recovers It
ConditionKernelCommandLine=slipway.recovery
After=local-fs.target
Before=getty-pre.target
Wants=getty-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/lib/slipway/show-disk
UMask=0077
# What it mounts is for everybody to see, so it has the system's own mounts and none of the settings that need others.
CapabilityBoundingSet=CAP_SYS_ADMIN CAP_DAC_OVERRIDE
NoNewPrivileges=yes
IPAddressDeny=any
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service @mount
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;

/** Never earlier: what comes up and falls over before it is of use has not come up. In no boot's way, since nobody waits for it. */
const CAME_UP = `[Unit]
Description=Note That This Release Has Come Up
ConditionPathExists=!/run/slipway/degraded
# Where there is a verdict, it comes first: see the program.
After=multi-user.target slipway-torn-name.service slipway-verdict.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/lib/slipway/came-up
UMask=0077
ReadWritePaths=/efi
RestrictAddressFamilies=none
${BESIDE_THE_ESP}
[Install]
WantedBy=multi-user.target
`;

/**
 * The second half of a factory reset: what reset-node has moved away goes, as slowly as it likes. Nobody waits for it; a node that goes down before it is
 * through has it done in the next boot.
 */
const RESET_CLEAN = `[Unit]
Description=Remove What a Factory Reset Has Moved Away
ConditionPathExists=/var/.slipway-reset
ConditionPathExists=!/run/slipway/degraded
RequiresMountsFor=/var
After=multi-user.target

[Service]
Type=exec
ExecStart=rm -rf --one-file-system /var/.slipway-reset
Nice=19
CPUWeight=20
IOSchedulingClass=idle
IOWeight=20
CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_FOWNER
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateNetwork=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
ReadWritePaths=/var
RestrictAddressFamilies=none
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;

export const NODE_UNITS: readonly NodeFile[] = [
  { path: "/usr/lib/systemd/system.conf.d/20-slipway.conf", text: MANAGER },
  { path: `${UNITS}/emergency.target`, text: EMERGENCY_TARGET },
  { path: `${UNITS}/emergency.service`, text: EMERGENCY_SERVICE },
  { path: `${UNITS}/local-fs.target`, text: LOCAL_FS_TARGET },
  ...["poweroff", "reboot", "halt"].map((name) => ({
    path: `${UNITS}/${name}.target.d/20-slipway.conf`,
    text: SHUTDOWN_DEADLINE,
  })),
  { path: `${UNITS}/slipway-recovery.service`, text: RECOVERY_SERVICE },
  { path: `${UNITS}/slipway-came-up.service`, text: CAME_UP },
  { path: `${UNITS}/slipway-reset-clean.service`, text: RESET_CLEAN },
];
