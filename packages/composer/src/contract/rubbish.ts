/** What packages leave in a tree and no image needs: each with its reason. Pure. */
import { PACKAGE_TOOLS } from "./package-database.ts";

export interface Rubbish {
  readonly path: string;
  /**
   * `itself`: the node and all below; `contents`: all below, the directory stays; `files`: all below but directories,
   * which services expect; or the names in the directory that match.
   */
  readonly take: "itself" | "contents" | "files" | RegExp;
  /** Kept if this is in the tree: then somebody uses it. */
  readonly unless?: string;
  readonly why: string;
}

const MANUALS = "read on a workstation; an image is not where one looks things up";
const PACKAGE_MANAGER =
  "of tools that install packages, which a node has no use for; the package database stays";
const KERNEL_INSTALL =
  "puts kernels of packages onto the ESP; kernels come with releases, and nobody but Slipway writes there";
const OTHER_INIT = "for an init system that is not there";

export const RUBBISH: readonly Rubbish[] = [
  { path: "/usr/share/man", take: "itself", why: MANUALS },
  { path: "/usr/share/info", take: "itself", why: MANUALS },
  { path: "/usr/share/groff", take: "itself", why: MANUALS },
  { path: "/usr/share/doc-base", take: "itself", why: MANUALS },
  {
    path: "/usr/share/locale",
    take: /^(?!locale\.alias$)/,
    why: "translations; the system speaks C.UTF-8",
  },
  { path: "/usr/share/lintian", take: "itself", why: "for checking packages" },
  { path: "/usr/share/linda", take: "itself", why: "for checking packages" },
  { path: "/usr/share/bug", take: "itself", why: "for reporting bugs of packages" },
  { path: "/usr/share/apport", take: "itself", why: "for reporting bugs of packages" },
  { path: "/usr/share/menu", take: "itself", why: "for desktops" },
  {
    path: "/usr/share/bash-completion",
    take: "itself",
    unless: "/usr/share/bash-completion/bash_completion",
    why: "dead without the package bash-completion",
  },
  { path: "/usr/share/zsh", take: "itself", unless: "/usr/bin/zsh", why: "dead without zsh" },
  { path: "/usr/share/fish", take: "itself", unless: "/usr/bin/fish", why: "dead without fish" },

  { path: "/etc/rc0.d", take: "itself", why: OTHER_INIT },
  { path: "/etc/rc1.d", take: "itself", why: OTHER_INIT },
  { path: "/etc/rc2.d", take: "itself", why: OTHER_INIT },
  { path: "/etc/rc3.d", take: "itself", why: OTHER_INIT },
  { path: "/etc/rc4.d", take: "itself", why: OTHER_INIT },
  { path: "/etc/rc5.d", take: "itself", why: OTHER_INIT },
  { path: "/etc/rc6.d", take: "itself", why: OTHER_INIT },
  { path: "/etc/rcS.d", take: "itself", why: OTHER_INIT },
  { path: "/etc/sv", take: "itself", unless: "/usr/bin/sv", why: OTHER_INIT },
  { path: "/etc/runit", take: "itself", unless: "/usr/bin/sv", why: OTHER_INIT },
  { path: "/usr/share/runit", take: "itself", unless: "/usr/bin/sv", why: OTHER_INIT },
  { path: "/var/log/runit", take: "itself", unless: "/usr/bin/sv", why: OTHER_INIT },

  {
    path: "/etc",
    take: /^(?:passwd|group|shadow|gshadow|subuid|subgid)[-+]$/,
    why: "copies that the account tools make before a change",
  },
  {
    path: "/usr/lib/systemd/system/sysinit.target.wants/ldconfig.service",
    take: "itself",
    why: "would rebuild at every boot the linker's cache that images do without: default paths suffice",
  },
  {
    path: "/usr/lib/systemd/system/netavark-firewalld-reload.service",
    take: "itself",
    unless: "/usr/lib/systemd/system/firewalld.service",
    why: "dead without firewalld, which alone could start it",
  },
  { path: "/etc/.pwd.lock", take: "itself", why: "a lock of the account tools" },
  { path: "/etc/.updated", take: "itself", why: "systemd writes it on the node" },
  { path: "/var/.updated", take: "itself", why: "systemd writes it on the node" },
  {
    path: "/etc/.resolv.conf.systemd-resolved.bak",
    take: "itself",
    why: "the resolver settings of the build machine",
  },
  { path: "/etc/hostname", take: "itself", why: "the build's; a config or DHCP names the node" },
  { path: "/etc/fstab", take: "itself", why: "a placeholder; an image mounts by partition" },
  {
    path: "/etc/ssh",
    take: /^ssh_host_.*_key(?:\.pub)?$/,
    why: "keys that all nodes would share; each makes its own",
  },
  {
    path: "/etc/ld.so.cache",
    take: "itself",
    why: "can only be made on the image's own architecture; the default paths suffice",
  },
  { path: "/etc/apt", take: "itself", why: PACKAGE_MANAGER },
  { path: "/etc/dpkg", take: /^dpkg\.cfg/, why: PACKAGE_MANAGER },
  { path: "/etc/cron.daily/dpkg", take: "itself", why: PACKAGE_MANAGER },
  { path: "/etc/logrotate.d", take: /^(?:alternatives|apt|dpkg)$/, why: PACKAGE_MANAGER },
  { path: "/etc/debconf.conf", take: "itself", why: PACKAGE_MANAGER },
  { path: "/etc/ucf.conf", take: "itself", why: PACKAGE_MANAGER },
  { path: "/etc/kernel", take: "itself", why: KERNEL_INSTALL },
  { path: "/usr/lib/kernel", take: "itself", why: KERNEL_INSTALL },
  {
    path: "/usr/lib/systemd/system",
    take: /^(?:dpkg-db-backup\.(?:service|timer)|apt-daily.*)$/,
    why: "looks after a package database that changes; this one does not",
  },
  {
    path: "/usr/lib/systemd/system-generators/systemd-veritysetup-generator",
    take: "itself",
    why:
      "the root's verity device is the initrd's to set up: the system would bind it to units of the partitions, which come " +
      "and go once on slow machines while udev starts again, and systemd would try to take the root away",
  },
  {
    path: "/usr/lib/systemd/system-generators/systemd-ssh-generator",
    take: "itself",
    why: "opens further ways in, past the ssh server that is configured, and fails where there is no vsock",
  },
  ...PACKAGE_TOOLS.map((path) => ({ path, take: "itself", why: PACKAGE_MANAGER }) as const),

  { path: "/var/backups", take: "contents", why: "copies of what is elsewhere" },
  { path: "/var/cache/apt", take: "itself", why: PACKAGE_MANAGER },
  { path: "/var/cache/adduser", take: "itself", why: PACKAGE_MANAGER },
  { path: "/var/cache/debconf", take: "itself", why: PACKAGE_MANAGER },
  { path: "/var/cache/ldconfig", take: "itself", why: "goes with /etc/ld.so.cache" },
  { path: "/var/cache", take: "files", why: "caches are filled again by whoever keeps them" },
  { path: "/var/lib/apt", take: "itself", why: PACKAGE_MANAGER },
  { path: "/var/lib/pam", take: "itself", why: PACKAGE_MANAGER },
  { path: "/var/lib/ucf", take: "itself", why: PACKAGE_MANAGER },
  { path: "/var/lib/shells.state", take: "itself", why: PACKAGE_MANAGER },
  {
    path: "/var/lib/systemd",
    take: /^deb-systemd-(?:user-)?helper-/,
    why: "what packages enabled; presets decide instead",
  },
  {
    path: "/var/lib/systemd/catalog",
    take: "contents",
    why: "systemd makes it anew after every upgrade",
  },
  {
    path: "/var/lib/systemd/random-seed",
    take: "itself",
    why: "randomness that all nodes would share",
  },
  {
    path: "/var/lib/systemd/credential.secret",
    take: "itself",
    why: "a secret that all nodes would share",
  },
  { path: "/var/lib/systemd/timers", take: "contents", why: "when timers ran during the build" },
  { path: "/var/lib/systemd/timesync", take: "contents", why: "the time of the build" },
  { path: "/var/lib/dbus", take: /^machine-id$/, why: "an identity that all nodes would share" },
  { path: "/var/log", take: "files", why: "logs of the build; the directories stay for services" },
  { path: "/var/log/apt", take: "itself", why: PACKAGE_MANAGER },
  { path: "/var/tmp", take: "contents", why: "left behind by the build" },
];

/** Directories whose compiled Python is dropped: its bytes hold the time of the build. */
export const isCompiledPython = (name: string): boolean =>
  name === "__pycache__" || name.endsWith(".pyc");
