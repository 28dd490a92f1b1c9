/**
 * The same packages, config and kernel as an ordinary Debian system: one writable ext4, no verity, no slots, nothing of ours on
 * the node. What Slipway's boots are measured against, and so started as they are: by the firmware and systemd-boot, from a UKI.
 */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Architecture } from "@slipway/ignition-config";
import { ARCHITECTURE } from "../architecture.ts";
import { bakeConfig } from "../bake/bake-config.ts";
import { realOwnership } from "../bake/ownership.ts";
import type { Target } from "../build/context.ts";
import { fillEsp } from "../build/install-disk.ts";
import { openSession, type SessionOptions } from "../build/session.ts";
import { initrdStep, kernelStep, loaderStep, treeStep } from "../build/tree-steps.ts";
import { ESP_INSIDE } from "../image/disk.ts";
import { ESP_MIB } from "../image/geometry.ts";
import { ensureLock } from "../lock/ensure.ts";
import { lockFileOf } from "../lock/file.ts";

const MIB = 2 ** 20;

/** The initrd is Slipway's own, told to leave the node alone. */
const KERNEL_ARGUMENTS = [
  ...["root=/dev/vda2", "rootfstype=ext4", "rw", "systemd.gpt_auto=no"],
  // There is nothing of ours to prepare or to count.
  "rd.systemd.mask=slipway-node.service",
  "rd.systemd.mask=slipway-count-boot.service",
] as const;

const CONSOLE = { x86_64: "console=ttyS0,115200", aarch64: "console=ttyAMA0,115200" } as const;

/** repart.d(5). */
const partitions = (root: string): Readonly<Record<string, string>> => ({
  "10-esp.conf": `[Partition]\nType=esp\nFormat=vfat\nCopyFiles=${ESP_INSIDE}:/\nSizeMinBytes=${ESP_MIB}M\nSizeMaxBytes=${ESP_MIB}M\n`,
  "20-root.conf": `[Partition]\nType=root\nCopyBlocks=${root}\n`,
});

/**
 * Makes `bare.raw` in `directory`.
 * @returns the disk's file
 */
export const composeBareSystem = async (
  options: SessionOptions,
  architecture: Architecture,
  directory: string,
): Promise<string> => {
  await using context = await openSession(options, { throwAway: false });
  const { toolbox, store } = context;
  const lock = await ensureLock(context, {
    file: lockFileOf(options.definitionFile),
    ...options.definition,
    architectures: [architecture],
    locked: false,
  });
  const locked = lock.architectures[architecture];
  if (locked === undefined) throw new Error(`the lock has no packages for ${architecture}`);
  const { image } = options.definition;
  const definition = { ...options.definition, image: { ...image, initrdModules: ["ext4"] } };
  const target: Target = { definition, architecture, lock, locked, onStep: () => undefined };
  const kernel = await kernelStep(context, target);
  const tree = await treeStep(context, target, kernel);
  const initrd = await initrdStep(context, target, kernel);
  const { efi } = ARCHITECTURE[architecture];
  const loader = await loaderStep(context, target, efi);

  await using scratch = await store.scratch("bare");
  const at = (name: string): string => path.join(scratch.directory, name);
  const run = (
    argv: readonly [string, ...string[]],
    purpose: string,
    mapped: Readonly<Record<string, string>> = {},
  ) =>
    toolbox.run(
      { argv, purpose },
      {
        writable: [scratch.directory, directory],
        readable: [tree.tree, kernel.image, initrd.file, loader.stub],
        mapped,
      },
    );
  await run(["cp", "-a", tree.tree, at("tree")], "copying the packages");
  await bakeConfig({ root: at("tree"), definition, ownership: realOwnership, pins: lock.accounts });
  await run(["systemctl", `--root=${at("tree")}`, "preset-all"], "applying the presets");
  await run(["truncate", `--size=${image.slotSizeMib * MIB}`, at("root")], "making the bare root");
  await run(["mkfs.ext4", "-q", "-d", at("tree"), at("root")], "filling the bare root");
  await run(
    [
      ...(["ukify", "build", `--efi-arch=${efi}`, `--stub=${loader.stub}`] as const),
      ...[`--linux=${kernel.image}`, `--initrd=${initrd.file}`, `--uname=${kernel.release}`],
      `--cmdline=${[...KERNEL_ARGUMENTS, CONSOLE[architecture]].join(" ")}`,
      `--os-release=@${at("tree/usr/lib/os-release")}`,
      `--output=${at("uki.efi")}`,
    ],
    "building the bare kernel image",
  );
  await mkdir(at("esp"));
  await fillEsp(at("esp"), efi, {
    loader: loader.program,
    uki: at("uki.efi"),
    bootEntry: "bare.efi",
  });
  await mkdir(at("repart.d"));
  for (const [name, text] of Object.entries(partitions(at("root"))))
    await writeFile(at(`repart.d/${name}`), text);
  const disk = path.join(directory, "bare.raw");
  await run(
    [
      ...(["systemd-repart", "--offline=yes", "--dry-run=no", "--empty=create"] as const),
      ...["--size=auto", `--definitions=${at("repart.d")}`],
      ...[`--architecture=${architecture === "x86_64" ? "x86-64" : "arm64"}`, disk],
    ],
    "making the bare disk",
    { [ESP_INSIDE]: at("esp") },
  );
  return disk;
};
