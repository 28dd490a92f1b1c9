/**
 * A node without a machine: a process tree that sees a release as its root, slots, an ESP and what the kernel tells of the boot. The agent in it is the
 * release's own, with its own Node.js, started by the release's own launcher. Shell.
 *
 * Root is the release's EROFS under an overlay, as far as the agent looks; slots and ESP are files and a directory of this machine's disk; `/sys` and the
 * kernel's command line are texts in their places; systemctl is a script that writes down what it is asked for, and runs tasks itself.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  chmod,
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import type { Release } from "./release.ts";

export interface SimulatedNode extends AsyncDisposable {
  /** The words before a command line that is to run on the node. The program keeps its process id. */
  readonly enter: readonly [string, ...string[]];
  /** Slot B's root, as a file of this machine. */
  readonly otherSlot: string;
  /** As if the machine had been started with this release from slot B, which holds it, and it had been blessed. */
  readonly bootOther: (release: Release) => Promise<void>;
  /** Where releases come from. */
  readonly configure: (settings: Readonly<Record<string, string>>) => Promise<void>;
  /** What systemd was asked for: seconds since 1970 and the words, or what a task took. */
  readonly asked: () => Promise<readonly Asked[]>;
}

export interface Asked {
  /** Seconds since 1970. */
  readonly at: number;
  readonly words: string;
}

const SLOT_BYTES = 768 * 2 ** 20;
const VERITY_BYTES = 8 * 2 ** 20;
const PARTITIONS = ["esp", "slot-a", "slot-a-verity", "slot-b", "slot-b-verity"] as const;
const LOADER_GUID = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

const numberOf = (label: (typeof PARTITIONS)[number]): number => PARTITIONS.indexOf(label) + 1;

/** The release's own programs start below `root`; nothing of it is written. It lasts until its input ends, which it does with us, however we end. */
const MOUNTS = `
cd "$1"
mount -t erofs -o ro,loop dev/vda2 lower
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work root
mount --rbind /proc root/proc
mount --bind cmdline root/proc/cmdline
mount --bind boot_id root/proc/sys/kernel/random/boot_id
mount --bind sys root/sys
mount -t tmpfs tmpfs root/run
mkdir -p root/run/slipway/agent
chmod 700 root/run/slipway/agent
mount -t tmpfs tmpfs root/dev
for device in null zero random urandom; do
  : >root/dev/$device
  mount --bind /dev/$device root/dev/$device
done
for partition in dev/*; do
  : >root/$partition
  mount --bind $partition root/$partition
done
mount --bind var root/var
mount --bind efi root/efi
echo ready
read -r _
`;

/** Its journal is in memory, as what systemd remembers is. */
const SYSTEMCTL = `#!/bin/sh
note() { echo "$(date +%s.%N) $*" >>/run/systemctl.log; }
note "$*"
case "$*" in
  "start slipway-task@"* | "start slipway-hook@"*)
    task=\${2#slipway-*@}
    /usr/bin/slipway-agent task "\${task%.service}"
    status=$?
    # User and system time of the shell, then of what it waited for.
    times >/run/times
    note "ended $2 $(tail -n 1 /run/times)"
    exit $status
    ;;
  *is-active*) exit 3 ;;
esac
`;

export const simulateNode = async (directory: string, release: Release): Promise<SimulatedNode> => {
  const at = (file: string): string => path.join(directory, file);
  const write = async (file: string, contents: string | Uint8Array): Promise<void> => {
    await mkdir(path.dirname(at(file)), { recursive: true });
    await writeFile(at(file), contents);
  };
  await rm(directory, { recursive: true, force: true });
  for (const place of ["lower", "root", "work", "var/lib/slipway", "efi/EFI/Linux"])
    await mkdir(at(place), { recursive: true });
  for (const [index, label] of PARTITIONS.entries()) {
    const size = label.endsWith("verity") ? VERITY_BYTES : SLOT_BYTES;
    const name = `vda${index + 1}`;
    await write(`sys/block/vda/${name}/partition`, `${index + 1}\n`);
    await write(`sys/block/vda/${name}/size`, `${size / 512}\n`);
    await write(`sys/block/vda/${name}/uevent`, `DEVNAME=${name}\nPARTNAME=${label}\n`);
    await write(`dev/${name}`, "");
  }
  const install = async (artifact: string, label: (typeof PARTITIONS)[number]): Promise<void> =>
    copyFile(artifact, at(`dev/vda${numberOf(label)}`));
  await install(release.root, "slot-a");
  await install(release.verity, "slot-a-verity");
  for (const label of PARTITIONS)
    await truncate(
      at(`dev/vda${numberOf(label)}`),
      label.endsWith("verity") ? VERITY_BYTES : SLOT_BYTES,
    );
  await copyFile(release.uki, at(`efi/EFI/Linux/${release.entry}`));
  await write("sys/block/dm-0/dm/name", "root\n");
  await write("upper/etc/machine-id", "0d1ae57ac851481b8291f04e47814b3a\n");
  await write("upper/usr/bin/systemctl", SYSTEMCTL);
  await chmod(at("upper/usr/bin/systemctl"), 0o755);

  const boot = async ({ entry, roothash }: Release, slot: "a" | "b"): Promise<void> => {
    await rm(at("sys/block/dm-0/slaves"), { recursive: true, force: true });
    for (const label of [`slot-${slot}`, `slot-${slot}-verity`] as const)
      await write(`sys/block/dm-0/slaves/vda${numberOf(label)}/dev`, "");
    await write("boot_id", `${randomUUID()}\n`);
    await write("cmdline", `roothash=${roothash} ro\n`);
    await write(
      `sys/firmware/efi/efivars/LoaderEntrySelected-${LOADER_GUID}`,
      Buffer.concat([Buffer.from([6, 0, 0, 0]), Buffer.from(`${entry}\0`, "utf16le")]),
    );
  };
  await boot(release, "a");

  const keeper = spawn(
    "unshare",
    [
      ...(["--mount", "--propagation", "private", "sh", "-euc", MOUNTS, "mounts"] as const),
      directory,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(keeper, "close");
  const ready = await Promise.race([once(keeper.stdout, "data"), ended.then(() => undefined)]);
  if (ready === undefined) throw new Error("the mounts of a simulated node cannot be made");
  const inside = ["nsenter", "--mount", `--target=${keeper.pid}`, "--", "chroot"] as const;
  // Below its own /proc a process sees its root as it is.
  const inRoot = (file: string): string => `/proc/${keeper.pid}/root${at("root")}${file}`;
  return {
    enter: [...inside, at("root"), "env", "-i", "PATH=/usr/sbin:/usr/bin"],
    otherSlot: at(`dev/vda${numberOf("slot-b")}`),
    bootOther: async (other) => {
      const osRelease = await readFile(inRoot("/usr/lib/os-release"), "utf8");
      await writeFile(
        inRoot("/usr/lib/os-release"),
        osRelease.replace(/^IMAGE_VERSION=.*$/m, `IMAGE_VERSION=${other.version}`),
      );
      const staged = other.entry.replace(/\.efi$/, ".staged");
      await rename(at(`efi/EFI/Linux/${staged}`), at(`efi/EFI/Linux/${other.entry}`));
      await boot(other, "b");
    },
    configure: async (settings) => {
      const lines = Object.entries(settings).map(([key, value]) => `${key}: ${value}\n`);
      await mkdir(inRoot("/etc/slipway/agent.d"), { recursive: true });
      await writeFile(inRoot("/etc/slipway/agent.d/50-bench.yaml"), lines.join(""));
    },
    asked: async () => {
      const log = await readFile(inRoot("/run/systemctl.log"), "utf8").catch(() => "");
      return log
        .trim()
        .split("\n")
        .flatMap((line) => {
          const [, seconds, words] = /^(\d+\.\d+) (.*)$/.exec(line) ?? [];
          return words === undefined ? [] : [{ at: Number(seconds), words }];
        });
    },
    [Symbol.asyncDispose]: async () => {
      keeper.stdin.end();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
};
