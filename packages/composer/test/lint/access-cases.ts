import type { Cases } from "./case.ts";
import { directory, HASH, link, passwd, PEM, shadow, xattr } from "./a-tree.ts";

const SU = { path: "/usr/bin/su", mode: 0o4755, user: "root", group: "root" };

/** Of accounts, secrets and permissions. */
export const ACCESS_CASES: Cases = {
  "shadow-mode": [
    [
      "readable by others",
      { "/etc/shadow": { mode: 0o644, gid: 42, content: "root:*:\nnobody:*:\n" } },
      ["/etc/shadow"],
    ],
    ["writable by its group", { "/etc/gshadow": { mode: 0o660, gid: 42 } }, ["/etc/gshadow"]],
    ["of another group", { "/etc/gshadow": { mode: 0o640, gid: 8 } }, ["/etc/gshadow"]],
    ["of another user", { "/etc/gshadow": { mode: 0o600, uid: 65534 } }, ["/etc/gshadow"]],
    ["missing", { "/etc/gshadow": undefined }, ["/etc/gshadow"]],
    ["a link", { "/etc/gshadow": link("/var/gshadow") }, ["/etc/gshadow"]],
    ["root's alone", { "/etc/gshadow": { mode: 0o600 } }, []],
  ],
  password: [
    ["a hash", { "/etc/shadow": shadow(`root:${HASH}`) }, ["/etc/shadow"]],
    ["an old hash in passwd", { "/etc/passwd": passwd("root:ab01FAX.bQRSU:0:0") }, ["/etc/passwd"]],
    ["a declared hash", { "/etc/shadow": shadow(`root:${HASH}`) }, [], { passwordUsers: ["root"] }],
    ["no password at all", { "/etc/shadow": shadow("root:") }, ["/etc/shadow"]],
    ["locked, impossible, shadowed", { "/etc/shadow": shadow("root:!!") }, []],
    ["no group password", { "/etc/gshadow": { mode: 0o600, content: "root:::\n" } }, []],
  ],
  secret: [
    ["a private key", { "/usr/lib/key.pem": PEM }, ["/usr/lib/key.pem"]],
    ["an encrypted one", { "/etc/a": PEM.replace("OPENSSH", "ENCRYPTED") }, ["/etc/a"]],
    [
      "an old one with headers",
      {
        "/etc/a": `x\r\n-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n\r\n${"A".repeat(64)}\r\n`,
      },
      ["/etc/a"],
    ],
    ["a PuTTY key", { "/etc/a": "PuTTY-User-Key-File-3: ssh-ed25519\n" }, ["/etc/a"]],
    [".netrc", { "/usr/share/skel/.netrc": "machine x password y\n" }, ["/usr/share/skel/.netrc"]],
    [
      "passwords of apt",
      { "/etc/apt/auth.conf.d/a.conf": "machine x\n" },
      ["/etc/apt/auth.conf.d/a.conf"],
    ],
    ["a random seed", { "/var/lib/systemd/random-seed": "x" }, ["/var/lib/systemd/random-seed"]],
    ["a certificate", { "/etc/a": PEM.replace("OPENSSH PRIVATE KEY", "CERTIFICATE") }, []],
    ["a program that speaks of keys", { "/etc/a": "print('-----BEGIN PRIVATE KEY-----')\n" }, []],
    ["authorized keys", { "/etc/ssh/authorized_keys.d/core": "ssh-ed25519 AAAA core\n" }, []],
    ["an empty auth.conf", { "/etc/apt/auth.conf": "" }, []],
    [
      "an exception",
      { "/usr/lib/tests/a.pem": PEM },
      [],
      { secrets: [{ path: "/usr/lib/tests/", reason: "test data" }] },
    ],
  ],
  "ssh-host-key": [
    ["a host key", { "/etc/ssh/ssh_host_rsa_key": PEM }, ["/etc/ssh/ssh_host_rsa_key"]],
    ["its public half", { "/etc/ssh/ssh_host_rsa_key.pub": "" }, ["/etc/ssh/ssh_host_rsa_key.pub"]],
    ["the server's settings", { "/etc/ssh/sshd_config": "" }, []],
  ],
  "machine-id": [
    ["filled", { "/etc/machine-id": "0123\n" }, ["/etc/machine-id"]],
    ["missing", { "/etc/machine-id": undefined }, ["/etc/machine-id"]],
    ["a link", { "/etc/machine-id": link("/var/lib/machine-id") }, ["/etc/machine-id"]],
    ["a second one", { "/var/lib/dbus/machine-id": "" }, ["/var/lib/dbus/machine-id"]],
  ],
  "set-id": [
    ["undeclared set-uid", { "/usr/bin/su": { mode: 0o4755 } }, ["/usr/bin/su"]],
    ["undeclared set-gid", { "/usr/bin/su": { mode: 0o2755 } }, ["/usr/bin/su"]],
    ["declared", { "/usr/bin/su": { mode: 0o4755 } }, [], { setId: [SU] }],
    ["declared and not there", {}, ["/usr/bin/su"], { setId: [SU] }],
    [
      "declared and without its bits",
      { "/usr/bin/su": { mode: 0o755 } },
      ["/usr/bin/su"],
      { setId: [SU] },
    ],
    [
      "declared for another group",
      { "/usr/bin/su": { mode: 0o4755, gid: 42 } },
      ["/usr/bin/su"],
      { setId: [SU] },
    ],
    [
      "declared without an owner",
      { "/usr/bin/su": { mode: 0o4755, gid: 42 } },
      [],
      { setId: [{ path: "/usr/bin/su", mode: 0o4755 }] },
    ],
    ["a directory that hands down its group", { "/etc/a": directory(0o2755) }, []],
  ],
  "unexpected-xattr": [
    [
      "an undeclared capability",
      { "/usr/bin/ping": { xattrs: [xattr("security.capability", 1)] } },
      ["/usr/bin/ping"],
    ],
    [
      "a declared one",
      { "/usr/bin/ping": { xattrs: [xattr("security.capability", 1, 0xab)] } },
      [],
      { capabilities: [{ path: "/usr/bin/ping", value: "01ab" }] },
    ],
    [
      "another than declared",
      { "/usr/bin/ping": { xattrs: [xattr("security.capability", 2)] } },
      ["/usr/bin/ping"],
      { capabilities: [{ path: "/usr/bin/ping", value: "01" }] },
    ],
    [
      "declared and lost",
      { "/usr/bin/ping": "" },
      ["/usr/bin/ping"],
      { capabilities: [{ path: "/usr/bin/ping" }] },
    ],
    [
      "an access control list",
      { "/etc/a": { xattrs: [xattr("system.posix_acl_access")] } },
      ["/etc/a"],
    ],
    [
      "a label",
      { "/etc/a": { xattrs: [xattr("security.selinux")] } },
      ["/etc/a"],
      { capabilities: [] },
    ],
  ],
  "too-many-xattrs": [
    [
      "three",
      { "/etc/a": { xattrs: [xattr("user.a"), xattr("user.b"), xattr("user.c")] } },
      ["/etc/a"],
    ],
    ["two", { "/etc/a": { xattrs: [xattr("user.a"), xattr("user.b")] } }, []],
  ],
  "world-writable": [
    ["a file", { "/etc/a": { mode: 0o666 } }, ["/etc/a"]],
    ["a directory", { "/etc/a": directory(0o777) }, ["/etc/a"]],
    ["a directory with the sticky bit", { "/var/tmp": directory(0o1777) }, []],
    ["a file with the sticky bit", { "/etc/a": { mode: 0o1666 } }, ["/etc/a"]],
    ["a link, which has no mode", { "/etc/a": link("passwd") }, []],
  ],
  "usr-writable": [
    ["by a group", { "/usr/lib/a": { mode: 0o664, gid: 8 } }, ["/usr/lib/a"]],
    ["by its user", { "/usr/lib/a": { uid: 65534 } }, ["/usr/lib/a"]],
    ["by root's group", { "/usr/lib/a": { mode: 0o664 } }, []],
    ["what becomes a home", { "/usr/share/factory/var/home/a": { uid: 1000 } }, []],
    ["elsewhere", { "/usrlocal": { uid: 65534 } }, []],
  ],
  "var-program": [
    ["a program in /var", { "/var/lib/a": { mode: 0o755 } }, ["/var/lib/a"]],
    [
      "one that is copied there",
      { "/usr/share/factory/var/a": { mode: 0o744 } },
      ["/usr/share/factory/var/a"],
    ],
    ["data in /var", { "/var/lib/a": "" }, []],
  ],
  "unknown-owner": [
    ["a user", { "/etc/a": { uid: 1000 } }, ["/etc/a"]],
    ["a group", { "/etc/a": { gid: 1000 } }, ["/etc/a"]],
    ["one finding an id", { "/etc/a": { uid: 1000 }, "/etc/b": { uid: 1000 } }, ["/etc/a"]],
    ["a user's group", { "/etc/passwd": passwd("root:x:0:77") }, ["/etc/passwd"]],
    ["known ones", { "/etc/a": { uid: 65534, gid: 8 } }, []],
  ],
  "account-without-shadow": [
    ["kept in passwd", { "/etc/passwd": passwd("root:*:0:0") }, ["/etc/passwd"]],
    ["without a line", { "/etc/shadow": { mode: 0o600, content: "nobody:*:\n" } }, ["/etc/passwd"]],
  ],
  "root-directory": [
    ["closed to others", { "/": directory(0o700) }, ["/"]],
    ["of another", { "/": { type: "directory", mode: 0o755, uid: 65534 } }, ["/"]],
  ],
};
