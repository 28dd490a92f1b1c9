import { directory, elf, link } from "./a-tree.ts";
import type { Cases } from "./case.ts";

/** Of programs, links and units. */
export const PROGRAM_CASES: Cases = {
  "special-file": [
    ["a device", { "/dev/sda": { type: "block-device" } }, ["/dev/sda"]],
    ["a console", { "/dev/console": { type: "character-device" } }, ["/dev/console"]],
    ["a pipe", { "/etc/a": { type: "fifo" } }, ["/etc/a"]],
    ["a socket", { "/etc/a": { type: "socket" } }, ["/etc/a"]],
  ],
  "foreign-binary": [
    ["a program of the build machine", { "/usr/bin/a": elf(183) }, ["/usr/bin/a"]],
    ["32 bits", { "/usr/bin/a": elf(3) }, ["/usr/bin/a"]],
    ["code for BPF", { "/usr/lib/a.o": elf(247) }, []],
    [
      "an exception",
      { "/usr/bin/a": elf(3) },
      [],
      { foreignBinaries: [{ path: "/usr/bin/a", reason: "firmware" }] },
    ],
    ["a text that begins like one", { "/usr/bin/a": "\u007fELF" }, []],
  ],
  "dangling-link": [
    ["relative", { "/etc/a": link("../usr/a") }, ["/etc/a"]],
    ["absolute", { "/etc/a": link("/usr/a") }, ["/etc/a"]],
    ["through another", { "/etc/a": link("b"), "/etc/b": link("c") }, ["/etc/a", "/etc/b"]],
    ["in a circle", { "/etc/a": link("b"), "/etc/b": link("a") }, ["/etc/a", "/etc/b"]],
    ["above the root, which is the root", { "/etc/a": link("../../../../etc/passwd") }, []],
    ["through a link to a directory", { "/etc/a": link("/bin/true") }, []],
    [
      "into places of run time",
      { "/etc/a": link("/run/a"), "/etc/b": link("/dev/null"), "/srv": link("var/srv") },
      [],
    ],
    ["in /var", { "/var/a": link("/usr/nothing") }, []],
    [
      "an exception",
      { "/etc/a": link("b") },
      [],
      { danglingLinks: [{ path: "/etc/a", reason: "made later" }] },
    ],
  ],
  "default-target": [
    [
      "missing",
      { "/usr/lib/systemd/system/default.target": undefined },
      ["/etc/systemd/system/default.target"],
    ],
    [
      "masked",
      { "/etc/systemd/system/default.target": link("/dev/null") },
      ["/etc/systemd/system/default.target"],
    ],
  ],
  "unit-enables-nothing": [
    [
      "a unit that is not there",
      {
        "/etc/systemd/system/multi-user.target.wants/a.service": link(
          "/usr/lib/systemd/system/a.service",
        ),
      },
      ["/etc/systemd/system/multi-user.target.wants/a.service"],
    ],
    [
      "for a target that is not there",
      {
        "/etc/systemd/system/a.target.requires/sshd.service": link(
          "/usr/lib/systemd/system/sshd.service",
        ),
      },
      ["/etc/systemd/system/a.target.requires/sshd.service"],
    ],
    [
      "a template's instance",
      {
        "/etc/systemd/system/multi-user.target.wants/a@b.service": link(
          "/usr/lib/systemd/system/a@.service",
        ),
        "/usr/lib/systemd/system/a@.service": "[Service]\n",
      },
      [],
    ],
    [
      "for a device",
      {
        "/etc/systemd/system/dev-sda.device.wants/sshd.service": link(
          "/usr/lib/systemd/system/sshd.service",
        ),
      },
      [],
    ],
    [
      "a mount of fstab",
      {
        "/etc/fstab": "# x\n/dev/sda1 /var/lib/a-b ext4 defaults\n",
        "/etc/systemd/system/multi-user.target.wants/var-lib-a\\x2db.mount": link("x"),
      },
      [],
    ],
    [
      "an init script",
      {
        "/etc/init.d/old": { mode: 0o755 },
        "/etc/systemd/system/multi-user.target.wants/old.service": link("x"),
      },
      [],
    ],
    [
      "for users",
      { "/etc/systemd/user/default.target.wants/a.service": link("x") },
      ["/etc/systemd/user/default.target.wants/a.service"],
    ],
  ],
  "unit-masked-and-enabled": [
    [
      "by a link",
      { "/etc/systemd/system/sshd.service": link("/dev/null") },
      ["/etc/systemd/system/multi-user.target.wants/sshd.service"],
    ],
    [
      "by an empty file",
      { "/etc/systemd/system/sshd.service": "" },
      ["/etc/systemd/system/multi-user.target.wants/sshd.service"],
    ],
    ["only masked", { "/etc/systemd/system/a.service": link("/dev/null") }, []],
  ],
  "unit-program": [
    [
      "missing",
      { "/etc/systemd/system/a.service": "[Service]\nExecStart=-/usr/bin/missing --x\n" },
      ["/etc/systemd/system/a.service"],
    ],
    [
      "missing in the path",
      { "/etc/systemd/system/a.service": "[Service]\nExecStart=missing\n" },
      ["/etc/systemd/system/a.service"],
    ],
    [
      "there, in the path, on the node, filled in later",
      {
        "/etc/systemd/system/a.service":
          '[Service]\nExecStartPre=@"/bin/true" x\nExecStart=\nExecStart=!!true\nExecStop=/var/opt/a\nExecReload=/usr/bin/%p\n',
      },
      [],
    ],
  ],
};

/** Of what a composition leaves behind. */
export const LEFTOVER_CASES: Cases = {
  "unit-install": [
    [
      "a definition's own unit",
      { "/etc/systemd/system/a.service": "[Install]\nWantedBy=a.target\n" },
      ["/etc/systemd/system/a.service"],
    ],
  ],
  "hard-link": [
    [
      "two names",
      { "/etc/a": { nlink: 2, inode: "1" }, "/etc/b": { nlink: 2, inode: "1" } },
      ["/etc/a"],
    ],
    ["a name outside, which does not count", { "/etc/a": { nlink: 2, inode: "1" } }, []],
    [
      "directories, which have many",
      { "/etc/a": { type: "directory", mode: 0o755, nlink: 3 } },
      [],
    ],
  ],
  "bad-name": [
    ["a line break", { "/etc/a\nb": "" }, ["/etc/a\\nb"]],
    ["an escape", { "/etc/a\u001b[1m": "" }, ["/etc/a\\u001b[1m"]],
    ["no UTF-8", { "/etc/a\\xff": { isUtf8: false } }, ["/etc/a\\\\xff"]],
    ["other scripts", { "/etc/ÿ中": "" }, []],
  ],
  "package-leftover": [
    ["a file dpkg set aside", { "/etc/a.dpkg-old": "" }, ["/etc/a.dpkg-old"]],
    ["a backup", { "/etc/shadow-": { mode: 0o600 } }, ["/etc/shadow-"]],
    ["a package list", { "/var/lib/apt/lists/x_Packages": "" }, ["/var/lib/apt/lists/x_Packages"]],
    ["a log", { "/var/log/dpkg.log": "" }, ["/var/log/dpkg.log"]],
    [
      "a local archive",
      { "/etc/apt/sources.list": "deb [trusted=yes] copy:/x ./\n" },
      ["/etc/apt/sources.list"],
    ],
    [
      "a public one, empty directories",
      {
        "/etc/apt/sources.list": "deb https://deb.example.org/ stable main\n",
        "/var/log/journal": directory(),
      },
      [],
    ],
  ],
  "host-leftover": [
    ["a host name", { "/etc/hostname": "vm\n" }, ["/etc/hostname"]],
    ["a declared one", { "/etc/hostname": "node\n" }, [], { hostname: "node" }],
    ["a resolver", { "/etc/resolv.conf": "# x\nnameserver 192.0.2.1\n" }, ["/etc/resolv.conf"]],
    [
      "one that was moved away",
      { "/etc/.resolv.conf.systemd-resolved.bak": "nameserver 192.0.2.1\n" },
      ["/etc/.resolv.conf.systemd-resolved.bak"],
    ],
    ["a table of mounts", { "/etc/mtab": "" }, ["/etc/mtab"]],
  ],
};
