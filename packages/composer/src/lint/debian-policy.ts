import type { LintException, LintPolicy, SetIdDeclaration } from "./policy.ts";

/**
 * The policy for a tree of Debian 13 packages: what these packages are known to ship set-id, and nothing else. Add to it what
 * the image's definition declares.
 */
export const debianPolicy = (of: {
  readonly elfMachine: number;
  readonly packages: Iterable<string>;
}): LintPolicy => {
  const installed = new Set(of.packages);
  return {
    elfMachine: of.elfMachine,
    setId: SET_ID.flatMap(([name, ...files]) => (installed.has(name) ? files : [])),
    // Debian 13's ping needs none: systemd opens net.ipv4.ping_group_range to everybody.
    capabilities: [],
    passwordUsers: [],
    danglingLinks: DANGLING,
    secrets: [],
    foreignBinaries: [],
    packages: [...installed].sort(),
  };
};

const setUid = (path: string, mode = 0o4755): SetIdDeclaration => ({
  path,
  mode,
  user: "root",
  group: "root",
});

const setGid = (path: string, group: string): SetIdDeclaration => ({
  path,
  mode: 0o2755,
  user: "root",
  group,
});

/** By the package that ships them, from the packages of Debian 13. */
const SET_ID: readonly (readonly [string, ...SetIdDeclaration[]])[] = [
  ["cron", setGid("/usr/bin/crontab", "crontab")],
  [
    "dbus-daemon",
    {
      path: "/usr/lib/dbus-1.0/dbus-daemon-launch-helper",
      mode: 0o4754,
      user: "root",
      group: "messagebus",
    },
  ],
  ["fuse3", setUid("/usr/bin/fusermount3")],
  ["libpam-modules-bin", setGid("/usr/sbin/unix_chkpwd", "shadow")],
  ["login", setUid("/usr/bin/newgrp")],
  ["mount", setUid("/usr/bin/mount"), setUid("/usr/bin/umount")],
  [
    "openssh-client",
    setUid("/usr/lib/openssh/ssh-keysign"),
    // The group is made when the package is configured, and the mode set then.
    setGid("/usr/bin/ssh-agent", "_ssh"),
  ],
  [
    "passwd",
    setGid("/usr/bin/chage", "shadow"),
    setUid("/usr/bin/chfn"),
    setUid("/usr/bin/chsh"),
    setGid("/usr/bin/expiry", "shadow"),
    setUid("/usr/bin/gpasswd"),
    setUid("/usr/bin/passwd"),
  ],
  ["polkitd", setUid("/usr/lib/polkit-1/polkit-agent-helper-1")],
  ["pkexec", setUid("/usr/bin/pkexec")],
  ["sudo", setUid("/usr/bin/sudo")],
  ["uidmap", setUid("/usr/bin/newuidmap"), setUid("/usr/bin/newgidmap")],
  ["util-linux", setUid("/usr/bin/su")],
];

const DANGLING: readonly LintException[] = [
  {
    path: "/usr/share/factory/",
    reason: "points to where systemd-tmpfiles copies it, not to where it lies",
  },
  { path: "/usr/share/doc/", reason: "documentation of packages that may be left out" },
  // Links that Debian's packages ship to files which are only there once somebody writes them.
  { path: "/etc/default/locale", reason: "no /etc/locale.conf means the locale C.UTF-8" },
  { path: "/etc/modules-load.d/modules.conf", reason: "no /etc/modules means no more modules" },
  { path: "/etc/vconsole.conf", reason: "no /etc/default/keyboard means the kernel's keymap" },
];
