/** `slipway diff` on what real tools make: small roots by mkfs.erofs, and two builds of which the second differs a little. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { FileChange, ReleaseDiff } from "@slipway/composer";
import { compareRootImages, findToolbox, type Toolbox } from "@slipway/composer/testing";
import { linuxExec } from "@slipway/host";
import { before, describe, it } from "mocha";
import { builtBase } from "../support/built-base.ts";
import { CACHE, requireRoot, scratchDirectory, slipway, succeeded } from "../support/release.ts";
import { writeSmallBase } from "../support/small-base.ts";

const line = (change: FileChange): string =>
  [
    { added: "+", removed: "-", changed: "~" }[change.change],
    change.path,
    ...(change.change === "changed" ? change.aspects : []),
  ].join(" ");

describe("comparison of roots that mkfs.erofs made", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("diff-roots");
  let toolbox: Toolbox;

  before("find the tools", async () => {
    // Whatever builds makes the tools.
    await builtBase();
    const found = await findToolbox(linuxExec, CACHE, "compose");
    assert.ok(found !== undefined);
    toolbox = found;
  });

  /** A tree with one of everything; `after` is the same with one of everything changed. */
  const paint = async (root: string, after: boolean): Promise<void> => {
    const at = (name: string): string => path.join(root, name);
    const write = (name: string, content: string | Uint8Array): void => {
      mkdirSync(path.dirname(at(name)), { recursive: true });
      writeFileSync(at(name), content);
    };
    write("same", "same");
    write("bytes", after ? "two" : "one");
    write("length", after ? "longer" : "long");
    const big = Buffer.alloc(5_000_001, "x");
    write("big-same", big);
    if (after) big[4_999_990] = 0;
    write("big", big);
    write("empty", "");
    write("mode", "");
    chmodSync(at("mode"), after ? 0o4755 : 0o644);
    write("owner", "");
    // More than a compact inode holds.
    chownSync(at("owner"), after ? 70_000 : 0, 5);
    write("hard", "link");
    linkSync(at("hard"), at("hard-2"));
    symlinkSync(after ? "b" : "a", at("link"));
    for (let index = 0; index < 400; index++) {
      write(`many/${String(index).padStart(3, "0")} ä ${"n".repeat(index % 60)}`, `${index}`);
    }
    write(after ? "many/new" : "many/old", "");
    if (after) symlinkSync("same", at("kind"));
    else write("kind/inside", "");
    mkdirSync(at("sticky"));
    chmodSync(at("sticky"), 0o1777);
    execFileSync("mkfifo", [at("fifo")]);
    execFileSync("mknod", [at("device"), "c", "1", after ? "300" : "3"]);
    for (const name of ["xattr", "xattr-too", "xattr-same"]) {
      write(name, "");
      const value = name === "xattr" && after ? "other" : "value";
      const argv = ["setfattr", "-n", "user.slipway", "-v", value, at(name)] as const;
      await toolbox.run({ argv, purpose: "setting an attribute" }, { writable: [root] });
    }
  };

  const EXPECTED = [
    "~ /big contents",
    "~ /bytes contents",
    "~ /device device",
    "~ /kind type mode",
    "- /kind/inside",
    "~ /length contents",
    "~ /link target",
    "+ /many/new",
    "- /many/old",
    "~ /mode mode",
    "~ /owner owner",
    "~ /xattr xattrs",
  ];

  for (const [what, options] of [
    ["as our builds are", ["-E^inline_data", "-T1700000000"]],
    ["with data behind the inodes", ["-T1700000000"]],
    ["with a time in every inode", ["-E^inline_data", "-Eforce-inode-extended"]],
    ["with attributes that inodes share", ["-x1"]],
  ] as const) {
    it(`tells every difference and no other: ${what}`, async () => {
      const image = async (after: boolean): Promise<string> => {
        const place = path.join(scratch, `${options.join("")}-${after ? "after" : "before"}`);
        mkdirSync(path.join(place, "tree"), { recursive: true });
        await paint(path.join(place, "tree"), after);
        const file = path.join(place, "root.erofs");
        await toolbox.run(
          {
            argv: ["mkfs.erofs", "--quiet", "-b4096", ...options, file, path.join(place, "tree")],
            purpose: "formatting a small root",
          },
          { writable: [place] },
        );
        return file;
      };
      const [old, now] = [await image(false), await image(true)];
      const changes = await compareRootImages(old, now);
      assert.deepEqual(changes.map(line), EXPECTED);
      assert.deepEqual(await compareRootImages(now, now), []);
      const changed = (name: string) => {
        const found = changes.find((one) => one.path === name);
        assert.ok(found?.change === "changed");
        return [found.before, found.after];
      };
      const file = { type: "file", mode: "0644", uid: 0, gid: 0, size: 0 };
      assert.deepEqual(changed("/owner"), [
        { ...file, gid: 5 },
        { ...file, uid: 70_000, gid: 5 },
      ]);
      const hex = (text: string) => Buffer.from(text).toString("hex");
      assert.deepEqual(changed("/xattr"), [
        { ...file, xattrs: { "user.slipway": hex("value") } },
        { ...file, xattrs: { "user.slipway": hex("other") } },
      ]);
      assert.deepEqual(
        changed("/device").map(({ type, device }) => `${type} ${device}`),
        ["character-device 1:3", "character-device 1:300"],
      );
    });
  }
});

/** The second release: one of everything that a definition can change without another package. */
const SECOND = {
  image: '  version: "2"\n',
  round: "two",
  files: `    - path: /etc/added
      mode: 0640
      group: { name: app }
      contents: { inline: "added\\n" }
  links:
    - path: /etc/pointer
      target: added
  filesystems:
    - device: /dev/disk/by-partlabel/data
      path: /var/data
      format: xfs
systemd:
  units:
    - name: hello.service
      enabled: true
      contents: |
        [Service]
        ExecStart=/usr/bin/true
        [Install]
        WantedBy=multi-user.target
    - name: ssh.service
      dropins:
        - name: 10-slow.conf
          contents: |
            [Service]
            TimeoutStopSec=9
    - name: debug-shell.service
      mask: true
passwd:
  users:
    - name: app
      system: true
      no_create_home: true
kernel_arguments:
  should_exist: [slipway.test=1]
`,
};

describe("slipway diff of two builds", function () {
  this.timeout("20m");
  requireRoot();
  const scratch = scratchDirectory("diff-builds");
  let [old, now]: [string, string] = ["", ""];
  let diff: ReleaseDiff;

  before("build the second", async () => {
    const first = await builtBase();
    const definition = writeSmallBase(path.join(scratch, "definition"), {
      ...SECOND,
      lock: first.lock,
    });
    const out = path.join(scratch, "out");
    succeeded(await slipway("build", definition, "--out", out));
    [old, now] = [first.release, path.join(out, "base", "2", "x86_64")];
    const { stdout } = succeeded(await slipway("diff", old, now, "--json"));
    diff = JSON.parse(stdout) as ReleaseDiff;
  });

  it("names the files of the root that differ, and no others", () => {
    assert.deepEqual(diff.files.map(line), EXPECTED_FILES);
  });

  it("names units, accounts and arguments", () => {
    assert.deepEqual(
      diff.units.map(({ unit, change, startedBy, dropIns, masked }) => [
        unit,
        change,
        ...startedBy.added.map(({ by }) => `by ${by}`),
        ...startedBy.removed.map(({ by }) => `not by ${by}`),
        ...dropIns.added.map((file) => path.basename(file)),
        ...(masked?.after === true ? ["masked"] : []),
      ]),
      EXPECTED_UNITS,
    );
    assert.deepEqual(
      diff.accounts.users.added.map(({ name }) => name),
      ["app"],
    );
    assert.deepEqual(diff.accounts.users.changed, []);
    assert.deepEqual(diff.kernelArguments.added, ["slipway.test=1"]);
    assert.deepEqual([diff.before.version, diff.after.version], ["1", "2"]);
    assert.equal(diff.initrd.isSame, true);
    assert.equal(diff.isKernelChanged, false);
  });

  it("has nothing to warn of", () => {
    assert.deepEqual(diff.warnings, []);
  });

  it("gives the same Markdown from another place", async () => {
    const notes = succeeded(await slipway("diff", old, now, "--format", "md")).stdout;
    assert.match(notes, /^## base 1 → 2 for x86_64\n/);
    assert.match(notes, /\n- added `hello\.service`: enabled by multi-user\.target\n/);
    const copy = path.join(scratch, "copy");
    execFileSync("cp", ["--sparse=always", "-r", now, copy]);
    assert.equal(succeeded(await slipway("diff", old, copy, "--format", "md")).stdout, notes);
    assert.equal(
      succeeded(await slipway("diff", now, copy, "--exit-code")).stdout,
      "base 2 for x86_64: the releases are identical\n",
    );
    assert.equal((await slipway("diff", old, now, "--exit-code")).status, 1);
  });

  it("sees one changed byte that the manifest does not know of", async () => {
    const copy = path.join(scratch, "changed");
    execFileSync("cp", ["--sparse=always", "-r", old, copy]);
    const file = path.join(copy, "uki.efi");
    const bytes = readFileSync(file);
    // In the stub's code, which no section of ours names.
    bytes[4096] = (bytes[4096] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const outcome = await slipway("diff", old, copy, "--json", "--exit-code");
    assert.equal(outcome.status, 1);
    const found = JSON.parse(outcome.stdout) as ReleaseDiff;
    assert.deepEqual(
      [found.isIdentical, found.isUkiChanged, found.isKernelChanged],
      [false, true, false],
    );
  });
});

const EXPECTED_FILES: readonly string[] = [
  "+ /etc/added",
  "~ /etc/group contents",
  "~ /etc/gshadow contents",
  "~ /etc/passwd contents",
  "+ /etc/pointer",
  "~ /etc/round contents",
  "~ /etc/shadow contents",
  "~ /etc/systemd/system-preset/20-ignition.preset contents",
  "+ /etc/systemd/system/debug-shell.service",
  "+ /etc/systemd/system/hello.service",
  "+ /etc/systemd/system/multi-user.target.wants/hello.service",
  "+ /etc/systemd/system/ssh.service.d",
  "+ /etc/systemd/system/ssh.service.d/10-slow.conf",
  "~ /usr/lib/os-release contents",
  "+ /usr/lib/slipway/first-boot.ign",
  "~ /usr/lib/slipway/release.json contents",
];

const EXPECTED_UNITS: readonly (readonly string[])[] = [
  ["debug-shell.service", "changed", "masked"],
  ["hello.service", "added", "by multi-user.target"],
  ["ssh.service", "changed", "10-slow.conf"],
];
