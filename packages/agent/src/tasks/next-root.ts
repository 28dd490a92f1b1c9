/**
 * The other slot's root, mounted for reading: through dm-verity, so that nothing but the release comes out of it. A block that is damaged is an error here,
 * and not the panic that it would be under the booted root.
 */
import type { Exec } from "@slipway/host";
import { HostError } from "@slipway/host";
import type { ReleaseManifest } from "@slipway/release";
import type { SlotDevices } from "../node/facts.ts";
import { taskError } from "./outcome.ts";

/** What device-mapper calls it. */
const NAME = "slipway-next";
/** Waiting for udev goes by a semaphore, which a unit with IPC of its own does not share with udev: it would wait for ever. */
const NO_UDEV = ["--noudevsync"] as const;
const BLOCK_BYTES = 4096;
const SECTOR_BYTES = 512;

/** The table of a verity device, as dmsetup(8) reads it: the kernel's admin-guide/device-mapper/verity.rst. Pure. */
export const verityTable = (
  { root, roothash, salt }: Pick<ReleaseManifest, "root" | "roothash" | "salt">,
  devices: { readonly root: { readonly path: string }; readonly verity: { readonly path: string } },
): string =>
  [
    ...[0, root.size / SECTOR_BYTES, "verity", 1],
    ...[devices.root.path, devices.verity.path, BLOCK_BYTES, BLOCK_BYTES],
    ...[root.size / BLOCK_BYTES, 1, "sha256", roothash, salt],
  ].join(" ");

export interface NextRoot extends AsyncDisposable {
  readonly directory: string;
}

/**
 * Mounts it at a directory that is there and empty. What an interrupted run has left is taken away first: the slot could not be written while it is held.
 * @throws TaskError `MOUNT_FAILED`
 */
export const mountNextRoot = async (
  exec: Exec,
  manifest: ReleaseManifest,
  devices: SlotDevices,
  directory: string,
): Promise<NextRoot> => {
  await release(exec, directory);
  try {
    await exec.run({
      argv: [
        ...(["dmsetup", "create", ...NO_UDEV, "--readonly", NAME] as const),
        ...["--table", verityTable(manifest, devices)],
      ],
      purpose: "opening the other slot",
    });
    const { stdout } = await exec.run({
      argv: ["dmsetup", "info", "--columns", "--noheadings", "--options", "minor", NAME],
      purpose: "asking for the device of the other slot",
    });
    await exec.run({
      argv: [
        ...(["mount", "--types", "erofs", "--options", "ro,nodev,nosuid,noexec"] as const),
        // The kernel makes this name at once; the one in /dev/mapper comes from udev, some time later.
        `/dev/dm-${stdout.trim()}`,
        directory,
      ],
      purpose: "mounting the other slot",
    });
  } catch (error) {
    await release(exec, directory);
    if (!(error instanceof HostError)) throw error;
    throw taskError(
      "MOUNT_FAILED",
      `release ${manifest.version} in the other slot cannot be mounted: ${error.message}`,
      "stage it again: `slipway-agent update`; where that helps nothing, replace the disk",
      error,
    );
  }
  return { directory, [Symbol.asyncDispose]: () => release(exec, directory) };
};

/** Undoes both steps, whichever were taken. */
const release = async (exec: Exec, directory: string): Promise<void> => {
  const isMounted = await exec.run(
    { argv: ["mountpoint", "--quiet", directory], purpose: "looking for a mount" },
    { accept: [0, 1, 32] },
  );
  if (isMounted.exitCode === 0)
    await exec.run({ argv: ["umount", directory], purpose: "unmounting the other slot" });
  const isOpen = await exec.run(
    { argv: ["dmsetup", "info", NAME], purpose: "looking for the other slot" },
    { accept: [0, 1] },
  );
  if (isOpen.exitCode === 0)
    await exec.run({
      argv: ["dmsetup", "remove", ...NO_UDEV, "--retry", NAME],
      purpose: "closing the other slot",
    });
};
