/** How systemd runs the agent: one daemon that may do little, and short-lived tasks with what needs root and devices. */
import { HOOK_DIRECTORIES } from "@slipway/release";
import { type NodeFile, UNITS } from "./node-file.ts";
import { script } from "./script.ts";

/**
 * For root alone: the agent's state beside the node's data, and what its processes tell each other. Made by tmpfiles
 * rather than by a unit, since the command line and the tasks come without the daemon too.
 */
const DIRECTORIES = `# Made by Slipway.
d /run/slipway 0755 root root -
d /run/slipway/agent 0700 root root -
d /var/lib/slipway 0755 root root -
d /var/lib/slipway/agent 0700 root root -
# Where pam_motd(8) looks: the agent says there what whoever logs in should know.
d /run/motd.d 0755 root root -
`;

/** A node without its data, and one that somebody recovers, are left alone: see prepare-node and show-disk. */
const WHERE_IT_MAY_RUN = `ConditionPathExists=!/run/slipway/degraded
ConditionKernelCommandLine=!slipway.recovery
RequiresMountsFor=/var/lib/slipway`;

/**
 * What both kinds of process do without. Not among it: MemoryDenyWriteExecute, since V8 compiles; ProcSubset=pid, since
 * /proc/cmdline says what was booted; AF_NETLINK stays, since glibc asks it which address families a name may resolve to.
 */
const SANDBOX = `KeyringMode=private
LockPersonality=yes
NoNewPrivileges=yes
PrivateIPC=yes
PrivateTmp=disconnected
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectProc=invisible
ProtectSystem=strict
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
`;

/**
 * The daemon starts half a minute after the boot is over: neither multi-user.target nor whoever waits for the system to be
 * running waits for it, and it takes no processor from what the node is for while that starts. A boot that is not over after a
 * quarter of an hour, since some service never ends its start, may need the very update that only the agent brings.
 */
const TIMER = `[Unit]
Description=Start of the Agent after the Boot
After=multi-user.target
JobTimeoutSec=15min
OnFailure=slipway-agent.service
${WHERE_IT_MAY_RUN}

[Timer]
OnActiveSec=30s
AccuracySec=1s

[Install]
WantedBy=multi-user.target
`;

/** For those that look at the disks, and write files alone. */
const ONLY_READS_DISKS = `CapabilityBoundingSet=
DevicePolicy=closed
DeviceAllow=block-* r
ProtectKernelTunables=yes
RestrictNamespaces=yes
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
${SANDBOX}`;

/** Who may ask the daemon for anything at all: whoever is in it may restart the node into another release. */
export const API_GROUP = "slipway";

/**
 * The agent's API. It comes with the daemon and not before it: no connection starts a daemon while the boot is not over or the release not judged, where
 * whoever connects would wait for minutes; there is no socket yet, and he is told so at once. It stays while the daemon is started anew, so that nobody is turned
 * away meanwhile; only then a connection starts it, once in a minute at most, so that a daemon that falls over at once is left its rests.
 *
 * systemd makes it, since it takes a capability to give a file to a group, and the daemon has none.
 */
const SOCKET = `[Unit]
Description=Socket of the Agent's API
DefaultDependencies=no
Conflicts=shutdown.target
Before=shutdown.target
After=sysinit.target slipway-verdict.service systemd-bless-boot.service
${WHERE_IT_MAY_RUN}

[Socket]
ListenStream=/run/slipway/agent.sock
FileDescriptorName=api
SocketMode=0660
SocketGroup=${API_GROUP}
RemoveOnStop=yes
PollLimitIntervalSec=1min
PollLimitBurst=1
`;

/**
 * A daemon that ends is started again, each time later up to ten minutes, and for ever: nobody would notice a node that
 * had stopped to look for releases. As uid 0 without any capability it owns its files and may ask systemd for its tasks,
 * through /run/systemd/private; what is in the other slot it reads from the disk, as the owner of its devices. That is all it
 * needs.
 */
const DAEMON = `[Unit]
Description=Agent That Keeps This Node on the Releases of Its Channel
# On probation there is nothing for it to do until the release is judged.
After=slipway-verdict.service systemd-bless-boot.service slipway-loader.service
Wants=slipway-loader.service slipway-hook@post-boot.service
# Without its API it keeps the node up to date all the same.
After=slipway-agent.socket
Wants=slipway-agent.socket
StartLimitIntervalSec=0
${WHERE_IT_MAY_RUN}

[Service]
Type=notify
NotifyAccess=all
ExecStart=/usr/bin/slipway-agent daemon
ExecReload=kill -HUP $MAINPID
Restart=always
RestartSec=5s
RestartSteps=7
RestartMaxDelaySec=10min
TimeoutStartSec=3min
TimeoutStopSec=30s
WatchdogSec=5min
MemoryHigh=128M
MemoryMax=256M
TasksMax=64
Nice=5
UMask=0077
ReadWritePaths=/run/slipway/agent /var/lib/slipway/agent -/run/motd.d
${ONLY_READS_DISKS}`;

/**
 * The boot loader on the ESP becomes that of the booted release, once in a boot: behind the blessing, since a release that is still to be judged changes
 * nothing that the one before it boots by, and before the daemon, which would want the ESP at the same time. Where it fails, the node goes on with the loader
 * that it has, and shows a failed unit.
 */
const LOADER = `[Unit]
Description=Boot Loader of the Release
After=slipway-verdict.service systemd-bless-boot.service
${WHERE_IT_MAY_RUN}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/slipway-agent loader
TimeoutStartSec=5min
TimeoutStopSec=30s
MemoryMax=256M
TasksMax=64
Nice=10
UMask=0077
ReadWritePaths=/run/slipway/agent /var/lib/slipway/agent -/efi
${ONLY_READS_DISKS}`;

/**
 * stage, finalize and rollback: they write slots, the ESP and what carries /etc forward, so they have block devices,
 * mounts of their own and root's way with files. No [Install]: the agent starts them, one at a time, and reads their
 * result. Two hours are a download of a whole release over a poor line, and the bound on everything.
 */
const TASK = `[Unit]
Description=Agent's Task %i
${WHERE_IT_MAY_RUN}

[Service]
Type=oneshot
ExecStart=/usr/bin/slipway-agent task %i
TimeoutStartSec=2h
TimeoutStopSec=60s
MemoryMax=512M
TasksMax=64
Nice=10
IOWeight=20
CPUWeight=20
UMask=0077
ReadWritePaths=/run/slipway /var/lib/slipway -/efi
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_MKNOD CAP_SETFCAP CAP_SYS_ADMIN CAP_SYS_RAWIO
DevicePolicy=closed
DeviceAllow=block-* rw
DeviceAllow=/dev/mapper/control rw
SystemCallFilter=@system-service @mount
SystemCallFilter=~@resources
${SANDBOX}`;

/**
 * The operator's hooks, by their points, and what reaches the terminals of those who are logged in. In no sandbox: a hook drains a node of a cluster, stops a
 * database, mounts a disk, and whoever may put one there is root. What a hook has begun ends with the unit, whatever process group it is in. The agent gives
 * each hook its time; this is for an agent that hangs.
 */
const HOOK = `[Unit]
Description=Hooks of the Agent (%i)
${WHERE_IT_MAY_RUN}

[Service]
Type=oneshot
ExecStart=/usr/bin/slipway-agent task %i
TimeoutStartSec=35min
TimeoutStopSec=10s
KillMode=control-group
`;

/**
 * Once in a boot, behind whatever judged it; the daemon wants it, and waits for none of it. No program is started only to find that no directory has
 * hooks for it.
 */
const POST_BOOT = `[Unit]
After=slipway-verdict.service systemd-bless-boot.service
${HOOK_DIRECTORIES.map((directory) => `ConditionPathExists=|${directory}/post-boot.d`).join("\n")}

[Service]
RemainAfterExit=yes
`;

export const AGENT_UNITS: readonly NodeFile[] = [
  { ...script("slipway-agent"), path: "/usr/bin/slipway-agent" },
  { path: "/usr/lib/tmpfiles.d/slipway-agent.conf", text: DIRECTORIES },
  { path: `${UNITS}/slipway-agent.timer`, text: TIMER },
  { path: `${UNITS}/slipway-agent.socket`, text: SOCKET },
  { path: `${UNITS}/slipway-agent.service`, text: DAEMON },
  { path: `${UNITS}/slipway-loader.service`, text: LOADER },
  { path: `${UNITS}/slipway-task@.service`, text: TASK },
  { path: `${UNITS}/slipway-hook@.service`, text: HOOK },
  { path: `${UNITS}/slipway-hook@post-boot.service.d/10-once.conf`, text: POST_BOOT },
  script("drain-kubernetes-node", "/usr/share/slipway/hooks"),
];
