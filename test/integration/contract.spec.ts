/** The on-disk contract on a small tree: every path of the outcome is written down here. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { linkSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { applyContract, prepareTree } from "@slipway/composer";
import { before, describe, it } from "mocha";
import {
  ACCOUNTS,
  aFile,
  aUser,
  aWorkbench,
  inline,
  told,
  type Workbench,
} from "../support/baking.ts";
import { requireTools } from "../support/require-tools.ts";
import type { PictureNode, SeenNode } from "../support/tree-picture.ts";

const IMAGE = { name: "base", version: "1.0.0", suite: "trixie", osRelease: { VARIANT: "test" } };

const directory = (path: string, more: Partial<PictureNode> = {}): PictureNode => ({
  ...{ path, type: "dir", mode: 0o755 },
  ...more,
});
const file = (path: string, contents = "", more: Partial<PictureNode> = {}): PictureNode => ({
  ...{ path, type: "file", mode: 0o644, contents },
  ...more,
});
const link = (path: string, target: string): PictureNode => ({ path, type: "link", target });

/** A little of everything that packages leave. */
const PACKAGES: readonly PictureNode[] = [
  ...ACCOUNTS,
  file("/boot/vmlinuz"),
  file("/etc/.pwd.lock"),
  link("/etc/alternatives/pager.1.gz", "/usr/share/man/man1/less.1.gz"),
  link("/etc/alternatives/dangles", "/usr/never/there"),
  file("/etc/apt/sources.list", "deb file:/build/host ./\n"),
  file("/etc/fstab", "# UNCONFIGURED\n"),
  file("/etc/hostname", "builder\n"),
  file("/etc/init.d/ssh"),
  file("/etc/init.d/odd"),
  file("/etc/ld.so.cache"),
  file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n"),
  file("/etc/passwd-"),
  link("/etc/rcS.d/S01odd", "../init.d/odd"),
  file("/etc/resolv.conf", "nameserver 10.0.0.1\n"),
  directory("/etc/ssh/sshd_config.d"),
  file("/etc/ssh/ssh_host_ed25519_key", "secret", { mode: 0o600 }),
  file("/etc/ssh/ssh_host_ed25519_key.pub"),
  file("/etc/ssh/sshd_config"),
  directory("/home"),
  directory("/mnt"),
  file("/opt/vendor/tool", "tool", { mode: 0o755 }),
  directory("/root", { mode: 0o700 }),
  file("/root/.profile", "profile"),
  directory("/run/lock"),
  directory("/srv"),
  directory("/tmp", { mode: 0o1777 }),
  file("/usr/bin/perl", "perl", { mode: 0o755 }),
  file("/usr/lib/os-release", "ID=debian\n"),
  file("/usr/lib/python3/__pycache__/a.pyc"),
  file("/usr/lib/python3/a.py"),
  file("/usr/lib/systemd/system/ssh.service"),
  file("/usr/lib/systemd/systemd-resolved", "", { mode: 0o755 }),
  file("/usr/lib/tmpfiles.d/home.conf", "Q /home 0755 - - -\nq /srv 0755 - - -\n"),
  file("/usr/lib/tmpfiles.d/provision.conf", "d- /root :0700 root :root -\n"),
  file(
    "/usr/lib/tmpfiles.d/var.conf",
    "q /var 0755 - - -\nd /var/lib 0755 - - -\nd /var/log 0755 - - -\n",
  ),
  directory("/usr/local/bin"),
  file("/usr/share/bash-completion/completions/x"),
  file("/usr/share/doc/less/changelog.gz"),
  file("/usr/share/doc/less/copyright", "GPL"),
  link("/usr/share/doc/libless", "less"),
  file("/usr/share/doc/none/README"),
  file("/usr/share/locale/de/LC_MESSAGES/less.mo"),
  file("/usr/share/locale/locale.alias"),
  file("/usr/share/man/man1/less.1.gz"),
  file("/var/backups/passwd.bak"),
  directory("/var/cache/app", { mode: 0o750, uid: 5, gid: 7 }),
  file("/var/cache/app/cached"),
  file("/var/cache/debconf/config.dat"),
  file("/var/lib/app/data", "data", { mode: 0o640, uid: 5, gid: 7 }),
  file("/var/lib/app/a b%c", "odd"),
  file("/var/lib/app/d 'e", "odd"),
  directory("/var/lib/app/empty", { mode: 0o2770, uid: 5, gid: 7 }),
  link("/var/lib/app/link", "../app/data"),
  file("/var/lib/dpkg/info/less.list"),
  file("/var/lib/dpkg/lock"),
  file("/var/lib/dpkg/status", "Package: less\n"),
  file("/var/lib/dpkg/status-old"),
  file("/var/lib/pam/seen"),
  file("/var/lib/systemd/random-seed", "seed"),
  directory("/var/log/app", { uid: 5 }),
  file("/var/log/app/app.log"),
  file("/var/log/dpkg.log"),
  directory("/var/opt"),
  file("/var/tmp/left-over"),
];

const finish = async (bench: Workbench): Promise<void> => {
  const { root, ownership } = bench;
  const prepared = await prepareTree({ root, ownership });
  assert.deepEqual(told(prepared), []);
  const baked = await bench.bake({
    users: [aUser("core", { sshAuthorizedKeys: ["key"] })],
    files: [
      aFile("/etc/hostname", { contents: inline("node\n") }),
      aFile("/usr/local/bin/tool", { contents: inline("#!/bin/sh\n"), mode: 0o755 }),
      aFile("/var/log/app/kept", { contents: inline("config's own\n") }),
    ],
  });
  assert.deepEqual(told(baked), []);
  assert.deepEqual(told(await applyContract({ root, ownership, image: IMAGE })), []);
};

const withLinks = (): Workbench => {
  const bench = aWorkbench(PACKAGES);
  linkSync(join(bench.root, "usr/bin/perl"), join(bench.root, "usr/bin/perl5.40"));
  return bench;
};

const described = ([path, node]: readonly [string, SeenNode]): string => {
  const what = node.type === "link" ? `-> ${node.target ?? ""}` : (node.mode ?? 0).toString(8);
  return `${path} ${what} ${node.uid}:${node.gid}`;
};

describe("a finished tree", () => {
  it("is, path by path, what nodes rely on", async () => {
    using bench = withLinks();
    await finish(bench);
    const seen = bench.see();
    assert.deepEqual([...seen].map(described), [
      "/boot 755 0:0",
      "/dev 755 0:0",
      "/efi 755 0:0",
      "/etc 755 0:0",
      "/etc/.updated 644 0:0",
      "/etc/alternatives 755 0:0",
      "/etc/alternatives/dangles -> /usr/never/there 0:0",
      "/etc/group 644 0:0",
      "/etc/gshadow 640 0:42",
      "/etc/hostname 644 0:0",
      "/etc/init.d 755 0:0",
      "/etc/init.d/odd 644 0:0",
      "/etc/login.defs 644 0:0",
      "/etc/machine-id 444 0:0",
      "/etc/mtab -> ../proc/self/mounts 0:0",
      "/etc/os-release -> ../usr/lib/os-release 0:0",
      "/etc/passwd 644 0:0",
      "/etc/resolv.conf -> ../run/systemd/resolve/stub-resolv.conf 0:0",
      "/etc/shadow 640 0:42",
      "/etc/ssh 755 0:0",
      "/etc/ssh/sshd_config 644 0:0",
      "/etc/ssh/sshd_config.d 755 0:0",
      "/home -> var/home 0:0",
      "/mnt -> var/mnt 0:0",
      "/opt -> var/opt 0:0",
      "/proc 555 0:0",
      "/root -> var/roothome 0:0",
      "/run 755 0:0",
      "/srv -> var/srv 0:0",
      "/sys 555 0:0",
      "/tmp 1777 0:0",
      "/usr 755 0:0",
      "/usr/bin 755 0:0",
      "/usr/bin/perl 755 0:0",
      "/usr/bin/perl5.40 755 0:0",
      "/usr/lib 755 0:0",
      "/usr/lib/os-release 644 0:0",
      "/usr/lib/python3 755 0:0",
      "/usr/lib/python3/a.py 644 0:0",
      "/usr/lib/sysimage 755 0:0",
      "/usr/lib/sysimage/dpkg 755 0:0",
      "/usr/lib/sysimage/dpkg/info 755 0:0",
      "/usr/lib/sysimage/dpkg/info/less.list 644 0:0",
      "/usr/lib/sysimage/dpkg/status 644 0:0",
      "/usr/lib/systemd 755 0:0",
      "/usr/lib/systemd/system 755 0:0",
      "/usr/lib/systemd/system/ssh.service 644 0:0",
      "/usr/lib/systemd/system-preset 755 0:0",
      "/usr/lib/systemd/system-preset/80-slipway.preset 644 0:0",
      "/usr/lib/systemd/systemd-resolved 755 0:0",
      "/usr/lib/systemd/user-preset 755 0:0",
      "/usr/lib/systemd/user-preset/80-slipway.preset 644 0:0",
      "/usr/lib/tmpfiles.d 755 0:0",
      "/usr/lib/tmpfiles.d/home.conf 644 0:0",
      "/usr/lib/tmpfiles.d/provision.conf 644 0:0",
      "/usr/lib/tmpfiles.d/slipway-var.conf 644 0:0",
      "/usr/lib/tmpfiles.d/var.conf 644 0:0",
      "/usr/local -> ../var/usrlocal 0:0",
      "/usr/share 755 0:0",
      "/usr/share/doc 755 0:0",
      "/usr/share/doc/less 755 0:0",
      "/usr/share/doc/less/copyright 644 0:0",
      "/usr/share/doc/libless -> less 0:0",
      "/usr/share/factory 755 0:0",
      "/usr/share/factory/var 755 0:0",
      "/usr/share/factory/var/home 755 0:0",
      "/usr/share/factory/var/home/core 700 1002:1002",
      "/usr/share/factory/var/home/core/.ssh 700 1002:1002",
      "/usr/share/factory/var/home/core/.ssh/authorized_keys.d 700 1002:1002",
      "/usr/share/factory/var/home/core/.ssh/authorized_keys.d/ignition 600 1002:1002",
      "/usr/share/factory/var/lib 755 0:0",
      "/usr/share/factory/var/lib/app 755 0:0",
      "/usr/share/factory/var/lib/app/a b%c 644 0:0",
      "/usr/share/factory/var/lib/app/d 'e 644 0:0",
      "/usr/share/factory/var/lib/app/data 640 5:7",
      "/usr/share/factory/var/log 755 0:0",
      "/usr/share/factory/var/log/app 755 5:0",
      "/usr/share/factory/var/log/app/kept 644 0:0",
      "/usr/share/factory/var/opt 755 0:0",
      "/usr/share/factory/var/opt/vendor 755 0:0",
      "/usr/share/factory/var/opt/vendor/tool 755 0:0",
      "/usr/share/factory/var/roothome 700 0:0",
      "/usr/share/factory/var/roothome/.profile 644 0:0",
      "/usr/share/factory/var/usrlocal 755 0:0",
      "/usr/share/factory/var/usrlocal/bin 755 0:0",
      "/usr/share/factory/var/usrlocal/bin/tool 755 0:0",
      "/usr/share/locale 755 0:0",
      "/usr/share/locale/locale.alias 644 0:0",
      "/var 755 0:0",
    ]);
    assert.deepEqual(
      [...seen.values()].filter(({ links = 1 }) => links !== 1),
      [],
    );
  });

  it("says how to make its /var", async () => {
    using bench = withLinks();
    await finish(bench);
    const conf = readFileSync(join(bench.root, "usr/lib/tmpfiles.d/slipway-var.conf"), "utf8");
    assert.deepEqual(
      conf.split("\n").filter((line) => line !== "" && !line.startsWith("#")),
      [
        "d /var/backups :0755 :0 :0 -",
        "d /var/cache :0755 :0 :0 -",
        "d /var/cache/app :0750 :5 :7 -",
        "d /var/home/core :0700 :1002 :1002 -",
        "d /var/home/core/.ssh :0700 :1002 :1002 -",
        "d /var/home/core/.ssh/authorized_keys.d :0700 :1002 :1002 -",
        "C /var/home/core/.ssh/authorized_keys.d/ignition :0600 :1002 :1002 -",
        "d /var/lib/app :0755 :0 :0 -",
        "C /var/lib/app/a\\x20b%%c :0644 :0 :0 -",
        "C /var/lib/app/d\\x20\\x27e :0644 :0 :0 -",
        "C /var/lib/app/data :0640 :5 :7 -",
        "d /var/lib/app/empty :2770 :5 :7 -",
        "L /var/lib/app/link - - - - ../app/data",
        "L /var/lib/dpkg - - - - ../../usr/lib/sysimage/dpkg",
        "d /var/lib/systemd :0755 :0 :0 -",
        "d /var/log/app :0755 :5 :0 -",
        "C /var/log/app/kept :0644 :0 :0 -",
        "d /var/mnt :0755 :0 :0 -",
        "d /var/opt :0755 :0 :0 -",
        "d /var/opt/vendor :0755 :0 :0 -",
        "C /var/opt/vendor/tool :0755 :0 :0 -",
        "C /var/roothome/.profile :0644 :0 :0 -",
        "d /var/tmp :0755 :0 :0 -",
        "d /var/usrlocal :0755 :0 :0 -",
        "d /var/usrlocal/bin :0755 :0 :0 -",
        "C /var/usrlocal/bin/tool :0755 :0 :0 -",
      ],
    );
    assert.equal(
      readFileSync(join(bench.root, "usr/lib/tmpfiles.d/home.conf"), "utf8"),
      "Q /var/home 0755 - - -\nq /var/srv 0755 - - -\n",
    );
  });

  it("has the accounts in their one form, and the image's name", async () => {
    using bench = withLinks();
    await finish(bench);
    const read = (name: string): string => readFileSync(join(bench.root, name), "utf8");
    assert.equal(read("etc/shadow"), "root:*:::::::\nold:H:::::::\ncore:*:::::::\n");
    assert.equal(
      read("etc/gshadow"),
      "root:!*::\nadm:!*::\nshadow:!*::\nusers:!*::\nold:!*::\ncore:!::\n",
    );
    assert.equal(read("etc/machine-id"), "");
    assert.match(read("usr/lib/os-release"), /^IMAGE_VERSION="1\.0\.0"\nVARIANT=test$/m);
  });

  it("does not change when a step is done twice", async () => {
    using bench = withLinks();
    const { root, ownership } = bench;
    await prepareTree({ root, ownership });
    const prepared = [...bench.see()];
    await prepareTree({ root, ownership });
    assert.deepEqual([...bench.see()], prepared);
    await applyContract({ root, ownership, image: IMAGE });
    const finished = [...bench.see()];
    await applyContract({ root, ownership, image: IMAGE });
    assert.deepEqual([...bench.see()], finished);
  });

  it("cannot be made where two nodes want one place", async () => {
    using bench = aWorkbench([file("/opt/x"), file("/var/opt/x"), file("/home")]);
    const report = await prepareTree({ root: bench.root, ownership: bench.ownership });
    assert.deepEqual(told(report), ["error 0: /home: must be a directory or a link to var/home"]);
    using other = aWorkbench([file("/opt/x"), file("/var/opt/x")]);
    assert.deepEqual(told(await prepareTree({ root: other.root, ownership: other.ownership })), [
      "error 0: /opt/x: cannot move to /var/opt/x: a node is there",
    ]);
  });

  it("cannot hold in /var what tmpfiles.d cannot make", async () => {
    using bench = aWorkbench([link("/var/lib/l", " leading blank"), directory("/var/lib/d")]);
    execFileSync("mkfifo", [join(bench.root, "var/lib/d/pipe")]);
    const report = await applyContract({
      root: bench.root,
      ownership: bench.ownership,
      image: IMAGE,
    });
    assert.deepEqual(told(report), [
      "error 0: /var/lib/d/pipe: is no file, directory or link",
      "error 0: /var/lib/l: tmpfiles.d cannot say this link's target",
    ]);
  });
});

const tmpfiles = (...options: readonly string[]): string =>
  execFileSync("systemd-tmpfiles", options, { stdio: "pipe", encoding: "utf8" });

describe("the factory of a finished tree", () => {
  requireTools("systemd-tmpfiles");

  before("needs root", function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it("makes on a node what the tree had, once", async () => {
    using bench = withLinks();
    await finish(bench);
    const create = (): string =>
      tmpfiles(
        `--root=${bench.root}`,
        "--create",
        "--prefix=/var",
        "slipway-var.conf",
        "home.conf",
      );
    create();
    const made = [...bench.see()].filter(([path]) => path.startsWith("/var/")).map(described);
    // systemd 252 (Debian 12) does not unescape paths; the images' own does.
    const [, version] = /^systemd (\d+)/.exec(tmpfiles("--version")) ?? [];
    const odd =
      Number(version) >= 257 ? ["/var/lib/app/a b%c 644 0:0", "/var/lib/app/d 'e 644 0:0"] : [];
    for (const expected of [
      ...odd,
      "/var/cache/app 750 5:7",
      "/var/home 755 0:0",
      "/var/home/core 700 1002:1002",
      "/var/home/core/.ssh/authorized_keys.d/ignition 600 1002:1002",
      "/var/lib/app/data 640 5:7",
      "/var/lib/app/empty 2770 5:7",
      "/var/lib/app/link -> ../app/data 0:0",
      "/var/lib/dpkg -> ../../usr/lib/sysimage/dpkg 0:0",
      "/var/usrlocal/bin/tool 755 0:0",
    ]) {
      assert.ok(made.includes(expected), `${expected} is not in\n${made.join("\n")}`);
    }

    const data = join(bench.root, "var/lib/app/data");
    writeFileSync(data, "changed on the node");
    create();
    assert.equal(readFileSync(data, "utf8"), "changed on the node");
  });
});
