/**
 * The same packages, config and kernel as an ordinary Debian system: one writable ext4, no verity, no slots, nothing of ours on
 * the node. What Slipway's boots are measured against.
 */
import path from "node:path";
import type { Architecture } from "@slipway/ignition-config";
import { bakeConfig } from "../bake/bake-config.ts";
import { realOwnership } from "../bake/ownership.ts";
import type { Target } from "../build/context.ts";
import { openSession, type SessionOptions } from "../build/session.ts";
import { initrdStep, kernelStep, treeStep } from "../build/tree-steps.ts";
import { ensureLock } from "../lock/ensure.ts";
import { lockFileOf } from "../lock/file.ts";
import type { DirectKernel } from "../qemu/machine.ts";

export interface BareSystem {
  /** A raw image of the root's file system, without partitions. */
  readonly disk: string;
  /** Cached files, which stay; the initrd is Slipway's own, told to leave the node alone. */
  readonly kernel: DirectKernel;
}

const MIB = 2 ** 20;

/** Makes `bare.raw` in `directory`. */
export const composeBareSystem = async (
  options: SessionOptions,
  architecture: Architecture,
  directory: string,
): Promise<BareSystem> => {
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

  await using scratch = await store.scratch("bare");
  const root = path.join(scratch.directory, "tree");
  const disk = path.join(directory, "bare.raw");
  const run = (argv: readonly [string, ...string[]], purpose: string) =>
    toolbox.run(
      { argv, purpose },
      { writable: [scratch.directory, directory], readable: [tree.tree] },
    );
  await run(["cp", "-a", tree.tree, root], "copying the packages");
  await bakeConfig({ root, definition, ownership: realOwnership, pins: lock.accounts });
  await run(["systemctl", `--root=${root}`, "preset-all"], "applying the presets");
  await run(["truncate", `--size=${image.slotSizeMib * MIB}`, disk], "making the bare disk");
  await run(["mkfs.ext4", "-q", "-d", root, disk], "filling the bare disk");
  return {
    disk,
    kernel: {
      image: kernel.image,
      initrd: initrd.file,
      arguments: [
        ...["root=/dev/vda", "rootfstype=ext4", "rw", "systemd.gpt_auto=no"],
        // There is nothing of ours to prepare.
        "rd.systemd.mask=slipway-node.service",
        ...(architecture === "x86_64" ? ["console=ttyS0,115200"] : ["console=ttyAMA0,115200"]),
      ],
    },
  };
};
