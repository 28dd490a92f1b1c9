/**
 * The install disk of a release, written in two runs of systemd-repart: first the slots, which take most of the time and
 * need the root alone, then the ESP, which needs the UKI. The bytes are those of a single run.
 */
import { copyFile, mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { ARCHITECTURE } from "../architecture.ts";
import { ComposerError } from "../errors.ts";
import {
  type DiskRequest,
  ENTRIES_SREL,
  ESP_INSIDE,
  espCommand,
  listEntriesCommand,
  LOADER_CONF,
  slotsCommand,
  writeDefinitions,
} from "../image/disk.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import type { BuildContext } from "./context.ts";

export interface InstallDisk extends Omit<DiskRequest, "esp"> {
  /** What is written. */
  readonly file: string;
  /** An empty directory for what is needed on the way. */
  readonly work: string;
}

/** What the ESP holds beside files of fixed contents. */
export interface EspContents {
  /** systemd-boot's EFI program. */
  readonly loader: string;
  readonly uki: string;
  /** The UKI's name. */
  readonly bootEntry: string;
}

const definitionsOf = (disk: InstallDisk): string => path.join(disk.work, "repart.d");

/** Makes the disk with its table and both slots; the ESP's place is left free. */
export const writeSlots = async (
  { toolbox, progress }: BuildContext,
  disk: InstallDisk,
): Promise<void> => {
  await writeDefinitions({ ...disk, esp: ESP_INSIDE }, definitionsOf(disk));
  await progress.task(`disk ${disk.architecture}`, "", () =>
    toolbox.run(slotsCommand(disk, definitionsOf(disk), disk.file), {
      writable: [path.dirname(disk.file)],
      readable: [definitionsOf(disk), disk.root, disk.verity],
      ...(progress.signal === undefined ? {} : { signal: progress.signal }),
    }),
  );
};

/** Adds the ESP, and looks whether it holds the boot entry. */
export const writeEsp = async (
  { toolbox, progress }: BuildContext,
  disk: InstallDisk,
  contents: EspContents,
): Promise<void> => {
  const esp = path.join(disk.work, "esp");
  await fillEsp(esp, ARCHITECTURE[disk.architecture].efi, contents);
  await dateFiles(esp, disk.epoch);
  await toolbox.run(espCommand(disk, definitionsOf(disk), disk.file), {
    writable: [path.dirname(disk.file)],
    // The slots are there already; their definitions are read again all the same.
    readable: [definitionsOf(disk), disk.root, disk.verity],
    mapped: { [ESP_INSIDE]: esp },
    ...(progress.signal === undefined ? {} : { signal: progress.signal }),
  });
  await requireEntry(toolbox, disk.file, contents.bootEntry);
};

/** What a fresh machine boots from: systemd-boot where firmware and tools look for it, and one entry. */
export const fillEsp = async (
  esp: string,
  efi: string,
  { loader, uki, bootEntry }: EspContents,
): Promise<void> => {
  for (const directory of ["EFI/BOOT", "EFI/systemd", "EFI/Linux", "loader"]) {
    await mkdir(path.join(esp, directory), { recursive: true });
  }
  await copyFile(loader, path.join(esp, "EFI/BOOT", `BOOT${efi.toUpperCase()}.EFI`));
  await copyFile(loader, path.join(esp, "EFI/systemd", `systemd-boot${efi}.efi`));
  await copyFile(uki, path.join(esp, "EFI/Linux", bootEntry));
  await writeFile(path.join(esp, "loader/loader.conf"), LOADER_CONF);
  await writeFile(path.join(esp, "loader/entries.srel"), ENTRIES_SREL);
};

/** Gives the directory and all in it one time. `epoch` is in seconds since 1970. */
const dateFiles = async (directory: string, epoch: number): Promise<void> => {
  const names = await readdir(directory, { recursive: true });
  for (const name of [".", ...names]) await utimes(path.join(directory, name), epoch, epoch);
};

/** A disk that boots nothing must not leave the house, whatever was silently left out. */
const requireEntry = async (toolbox: Toolbox, disk: string, bootEntry: string): Promise<void> => {
  const { stdout } = await toolbox.run(listEntriesCommand(disk), { readable: [disk] });
  if (stdout.includes(bootEntry)) return;
  throw new ComposerError("TOOL_OUTPUT", `the ESP of ${disk} lacks ${bootEntry}`, {
    hint: "this is a fault of ours: please report it with the command and the place of cache and output",
  });
};
