/** The kernel package, taken apart without its maintainer scripts: they would call for an initramfs generator. */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { StepStore } from "../cache/store.ts";
import { ComposerError } from "../errors.ts";
import { debFile } from "../lock/debs.ts";
import type { LockedPackage } from "../lock/lock.ts";
import type { Toolbox } from "../tools/toolbox.ts";

export interface Kernel {
  /** The kernel's release, as `uname -r` prints it. */
  readonly release: string;
  /** The bootable kernel: bzImage on x86_64, `Image` on aarch64. */
  readonly image: string;
  /** A directory that holds `usr/lib/modules/RELEASE` and the package's copyright file. */
  readonly tree: string;
}

/** Where a result of `unpackKernel` has its parts. */
export const kernelIn = async (directory: string): Promise<Kernel> => {
  const tree = path.join(directory, "tree");
  const [release, ...others] = await readdir(path.join(tree, "usr/lib/modules"));
  if (release === undefined || others.length > 0) {
    throw new ComposerError(
      "TOOL_OUTPUT",
      `${tree}: a kernel package must hold the modules of exactly one kernel`,
    );
  }
  return { release, image: path.join(directory, "vmlinuz"), tree };
};

/**
 * Unpacks the kernel into `directory`. Modules are stored decompressed: Debian ships `.ko.xz`, which hides from a
 * delta all that two kernels have in common.
 */
export const unpackKernel = async (
  toolbox: Toolbox,
  store: StepStore,
  entry: LockedPackage,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const options = { writable: [directory], ...(signal === undefined ? {} : { signal }) };
  const tree = path.join(directory, "tree");
  const deb = debFile(store, entry);
  await mkdir(tree);
  await toolbox.run(
    { argv: ["dpkg-deb", "-x", deb, tree], purpose: `unpacking ${entry.name}` },
    { ...options, readable: [deb] },
  );
  const boot = path.join(tree, "boot");
  const image = (await readdir(boot)).find((name) => name.startsWith("vmlinuz-"));
  if (image === undefined) {
    throw new ComposerError(
      "TOOL_OUTPUT",
      `${entry.name} ${entry.version} holds no /boot/vmlinuz-*`,
      {
        hint: "image.kernel_package must name a Debian kernel image package, such as linux-image-cloud-amd64",
      },
    );
  }
  await rename(path.join(boot, image), path.join(directory, "vmlinuz"));
  await rm(boot, { recursive: true });
  // Merged /usr: packages before Debian 13 still name /lib.
  await rename(path.join(tree, "lib"), path.join(tree, "usr/lib")).catch(() => undefined);
  const { release } = await kernelIn(directory);
  const modules = path.join(tree, "usr/lib/modules", release);
  await rm(path.join(modules, "build"), { force: true });
  await rm(path.join(modules, "source"), { force: true });
  await toolbox.run(
    {
      argv: [
        "sh",
        "-ec",
        'find "$1" -name "*.ko.xz" -print0 | xargs -0r -n 64 -P 2 xz -d',
        "sh",
        modules,
      ],
      purpose: "decompressing the kernel modules",
    },
    options,
  );
  await toolbox.run(
    {
      argv: ["depmod", "-b", path.join(tree, "usr"), release],
      purpose: "indexing the kernel modules",
    },
    options,
  );
};
