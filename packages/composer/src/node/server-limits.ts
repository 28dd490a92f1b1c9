/** Bounds and hardening: the kernel's settings, the journal, core dumps, the packet filter. Pure. */
import { type NodeFile, type NodeLink, UNITS } from "./node-file.ts";

/**
 * What containers need is left alone: user namespaces, BPF for those who may, tracing of one's own children, loose
 * rather than strict reverse paths, and forwarding, which container engines turn on when they start.
 * What the kernel does when it cannot go on is on its command line, and a hung task alone is reported, not fatal.
 */
const SYSCTL = `# Made by Slipway. A file in /etc/sysctl.d whose name sorts after this one wins.

# Addresses and messages of the kernel are for root; tools that trace go on working.
kernel.kptr_restrict = 1
kernel.dmesg_restrict = 1
kernel.perf_event_paranoid = 3
# BPF and its compiler only for those with the capability.
kernel.unprivileged_bpf_disabled = 2
net.core.bpf_jit_harden = 1
# A process may be traced by its parent, or by root.
kernel.yama.ptrace_scope = 1
# Of the console's emergency keys: sync, remount read-only, reboot. None that shows memory or kills a session.
kernel.sysrq = 176
# Hangs are written down once a hung task has waited for two minutes; the hardware watchdog ends those of everybody.
kernel.hung_task_timeout_secs = 120
kernel.hung_task_panic = 0

# Files of others in directories for everybody are no way to trick a privileged process.
fs.protected_hardlinks = 1
fs.protected_symlinks = 1
fs.protected_fifos = 1
fs.protected_regular = 2
fs.suid_dumpable = 0

# Loose: an answer may leave by another interface than the question came by, as with several networks or containers.
net.ipv4.conf.all.rp_filter = 2
net.ipv4.conf.default.rp_filter = 2
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.all.secure_redirects = 0
net.ipv4.conf.default.secure_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
net.ipv6.conf.all.accept_source_route = 0
net.ipv6.conf.default.accept_source_route = 0
net.ipv4.conf.default.promote_secondaries = 1
net.ipv4.tcp_syncookies = 1
net.core.default_qdisc = fq_codel
# ping without a capability, for everybody: that is what Debian's has been built for.
net.ipv4.ping_group_range = 0 2147483647

# The kernel's limits are those of a workstation: many containers, each with a few watches, and databases with maps.
fs.inotify.max_user_instances = 1024
vm.max_map_count = 1048576
`;

/**
 * 256 MiB are weeks of a quiet node and hours of a noisy one, and leave room on a /var of 1 GiB. On a smaller one, or
 * on a temporary one in memory, the 15 % that journald leaves free by default are the bound.
 */
const JOURNAL = `# Made by Slipway: over reboots, and with a bound.
[Journal]
Storage=persistent
SystemMaxUse=256M
SystemMaxFileSize=32M
RuntimeMaxUse=32M
`;

/** Images that want core dumps take the package systemd-coredump; Debian's default is that none is written. */
const COREDUMP = `# Made by Slipway: what is kept of crashed programs must not fill /var.
[Coredump]
Storage=external
Compress=yes
ProcessSizeMax=1G
ExternalSizeMax=256M
MaxUse=512M
KeepFree=1G
`;

const SLEEP = `# Made by Slipway: a server that sleeps is a server that is gone. Hibernation would write EFI variables, too.
[Sleep]
AllowSuspend=no
AllowHibernation=no
AllowSuspendThenHibernate=no
AllowHybridSleep=no
`;

/**
 * A table of its own, so that loading it again leaves the rules of container engines alone. Not enabled: nothing but
 * sshd listens where nothing else was asked for (docs/decisions/0011).
 */
const RULESET = `#!/usr/sbin/nft -f
# Made by Slipway. Enable nftables.service in the image's definition to have it loaded, and write what else may come in.
# Only this table is replaced: those of container engines stay. Forwarding is theirs.

table inet slipway
delete table inet slipway

table inet slipway {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state { established, related } accept
		ct state invalid drop
		iif "lo" accept
		meta l4proto { 1, 58 } accept comment "ICMP, ICMPv6"
		udp dport 546 ip6 saddr fe80::/10 accept comment "DHCPv6"
		tcp dport 22 accept comment "ssh"
	}
}
`;

const NFT = "/usr/sbin/nft";

/** Debian's unit empties the whole filter when it is stopped, the tables of container engines with it. */
const NFTABLES = `# Made by Slipway: ends with the table that /etc/nftables.conf makes.
[Service]
ExecStop=
ExecStop=/usr/sbin/nft destroy table inet slipway
`;

export const LIMIT_FILES: readonly NodeFile[] = [
  { path: "/usr/lib/sysctl.d/60-slipway.conf", text: SYSCTL },
  { path: "/usr/lib/systemd/journald.conf.d/50-slipway.conf", text: JOURNAL },
  { path: "/usr/lib/systemd/coredump.conf.d/50-slipway.conf", text: COREDUMP },
  { path: "/usr/lib/systemd/sleep.conf.d/50-slipway.conf", text: SLEEP },
  { path: "/etc/nftables.conf", text: RULESET, mode: 0o755, needs: NFT },
  { path: `${UNITS}/nftables.service.d/50-slipway.conf`, text: NFTABLES, needs: NFT },
];

/**
 * Units that write the ESP or EFI variables, which are Slipway's alone, or that ask a person at the console. Masked
 * whether or not the image has them: a package may bring them later.
 */
const MASKED: readonly string[] = [
  "systemd-boot-random-seed.service",
  "systemd-boot-update.service",
  "systemd-firstboot.service",
  "systemd-hibernate-clear.service",
];

export const MASK_LINKS: readonly NodeLink[] = MASKED.map((unit) => ({
  path: `${UNITS}/${unit}`,
  target: "/dev/null",
}));
