/** A comparison in which everything differs that can, with names that would like to be more than names. */
import type { FileChange, FileNode, ReleaseDiff } from "@slipway/composer";

const MIB = 1024 * 1024;

const release = (version: string, digit: string): ReleaseDiff["before"] => ({
  directory: `/project/out/base/${version}/x86_64`,
  image: "base",
  version,
  architecture: "x86_64",
  epoch: 1_790_000_000 + Number(version),
  kernelRelease: `6.12.${version}-cloud-amd64`,
  roothash: digit.repeat(64),
  salt: "5a".repeat(32),
  slotSizeMib: 2048,
  bootEntry: `base_${version}_${digit.repeat(8)}+3.efi`,
});

const size = (before: number, after: number) => ({ before, after });

export const aNode = (changes: Partial<FileNode> = {}): FileNode => ({
  ...{ type: "file", mode: "0644", uid: 0, gid: 0, size: 10 },
  ...changes,
});

/** An added file. */
export const anAddition = (path: string, bytes = 10): FileChange => ({
  change: "added",
  path,
  after: aNode({ size: bytes }),
});

const pkg = (name: string, version: string, installedSizeKib: number) => ({
  ...{ name, version, architecture: "amd64", installedSizeKib },
});

/** Nothing differs. */
export const noDiff = (): ReleaseDiff => {
  const same = size(MIB, MIB);
  const slot = { size: 2048 * MIB, used: 512 * MIB, headroom: 0.75 };
  const names = { added: [], removed: [], changed: [] };
  return {
    isIdentical: true,
    before: release("1", "a"),
    after: release("1", "a"),
    warnings: [],
    artifacts: [],
    sizes: {
      ...{ "disk.raw": same, "root.erofs": same, "root.verity": same, "uki.efi": same },
      ...{ "packages.json": same, "sbom.spdx.json": same, kernel: same, initrd: same },
    },
    slot: { before: slot, after: slot },
    isUkiChanged: false,
    isKernelChanged: false,
    kernelArguments: { ...names, isReordered: false },
    profiles: [],
    initrd: { size: same, isListed: true, isSame: true, modules: names, files: names },
    packages: {
      ...{ added: [], removed: [], upgraded: [], downgraded: [], rebuilt: [] },
      installedSizeKib: size(1000, 1000),
    },
    units: [],
    presets: [],
    accounts: { users: names, groups: names },
    files: [],
  };
};

const noLists = {
  startedBy: { added: [], removed: [] },
  dropIns: { added: [], removed: [], changed: [] },
};

export const aDiff = (changes: Partial<ReleaseDiff> = {}): ReleaseDiff => {
  const none = noDiff();
  return {
    ...none,
    isIdentical: false,
    after: release("2", "b"),
    warnings: [{ code: "LOW_HEADROOM", message: "the second root leaves 12.5 % of its slot" }],
    artifacts: ["root.erofs", "disk.raw"],
    sizes: { ...none.sizes, "root.erofs": size(512 * MIB, 1792 * MIB), initrd: size(2 * MIB, MIB) },
    slot: {
      before: none.slot.before,
      after: { size: 2048 * MIB, used: 1792 * MIB, headroom: 0.125 },
    },
    isUkiChanged: true,
    isKernelChanged: true,
    kernelArguments: {
      added: ["quiet"],
      removed: ["evil|`x`"],
      changed: [{ name: "panic", before: "panic=10", after: "panic=30" }],
      isReordered: false,
    },
    profiles: [
      {
        profile: "recovery",
        change: "changed",
        kernelArguments: { added: ["single"], removed: [], changed: [], isReordered: false },
      },
    ],
    initrd: {
      size: size(2 * MIB, MIB),
      isListed: true,
      isSame: false,
      modules: { added: ["kernel/fs/xfs.ko"], removed: [], changed: many("kernel/m", ".ko", 21) },
      files: { added: [], removed: ["/usr/bin/udevadm"], changed: ["/init"] },
    },
    packages: {
      added: [pkg("eth|tool", "1:6.14-1", 812)],
      removed: [pkg("jq", "1.7.1-6", 130)],
      upgraded: [
        {
          name: "libssl3t64",
          before: pkg("libssl3t64", "3.5.1-1", 8000),
          after: pkg("libssl3t64", "3.5.7-1~deb13u3", 8100),
        },
      ],
      downgraded: [
        { name: "less", before: pkg("less", "668-1", 376), after: pkg("less", "643-1", 370) },
      ],
      rebuilt: [],
      installedSizeKib: size(200_000, 200_776),
    },
    units: [
      {
        ...{ manager: "system", unit: "hello.service", change: "added", isFileChanged: false },
        file: { before: undefined, after: "/etc/systemd/system/hello.service" },
        ...noLists,
        startedBy: {
          added: [
            {
              by: "multi-user.target",
              path: "/etc/systemd/system/multi-user.target.wants/hello.service",
            },
          ],
          removed: [],
        },
      },
      {
        ...{ manager: "system", unit: "ssh.service", change: "changed", isFileChanged: true },
        masked: { before: false, after: true },
        ...noLists,
        dropIns: { added: ["/etc/systemd/system/ssh.service.d/1.conf"], removed: [], changed: [] },
      },
      {
        ...{ manager: "user", unit: "old.timer", change: "removed", isFileChanged: false },
        ...noLists,
        startedBy: {
          added: [],
          removed: [
            { by: "timers.target", path: "/usr/lib/systemd/user/timers.target.wants/old.timer" },
          ],
        },
      },
    ],
    presets: [
      {
        path: "/usr/lib/systemd/system-preset/80-slipway.preset",
        change: "changed",
        added: ["enable hello.service"],
        removed: ["enable *"],
        isReordered: false,
      },
    ],
    accounts: {
      users: {
        added: [{ name: "app", uid: 990, gid: 990, home: "/var/lib/app", shell: "/bin/false" }],
        removed: [],
        changed: [
          {
            name: "root",
            shell: { before: "/bin/sh", after: "/bin/bash" },
            isPasswordChanged: true,
          },
        ],
      },
      groups: {
        added: [],
        removed: [{ name: "old", gid: 991, members: [] }],
        changed: [{ name: "adm", members: { added: ["app"], removed: ["core"] } }],
      },
    },
    files: [
      {
        change: "changed",
        path: "/etc/motd",
        aspects: ["contents", "mode", "owner"],
        before: aNode({ size: 10 }),
        after: aNode({ size: 2058, mode: "0600", uid: 5, gid: 7 }),
      },
      {
        change: "changed",
        path: "/usr/bin/ping",
        aspects: ["xattrs"],
        before: aNode(),
        after: aNode({ xattrs: { "security.capability": "00" } }),
      },
      {
        change: "changed",
        path: "/usr/lib/modules/6.12.2-cloud-amd64/modules.dep",
        pathBefore: "/usr/lib/modules/6.12.1-cloud-amd64/modules.dep",
        aspects: ["contents"],
        before: aNode(),
        after: aNode(),
      },
      {
        change: "added",
        path: "/usr/share/`<b>`|[x](y)",
        after: aNode({ type: "link", mode: "0777", target: "<i>_*\u001b[31m http://x" }),
      },
      { change: "removed", path: "/var/old", before: aNode({ type: "directory", mode: "1777" }) },
    ].map((change) => change as FileChange),
    ...changes,
  };
};

export const many = (before: string, after: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${before}${index}${after}`);
