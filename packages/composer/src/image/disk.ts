/** The disk that a machine is installed with: ESP, slot A filled, slot B empty. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { ARCHITECTURE } from "../architecture.ts";
import { ESP_MIB, verityPartitionMib } from "./geometry.ts";

export interface DiskRequest {
  readonly architecture: Architecture;
  readonly slotSizeMib: number;
  readonly root: string;
  readonly verity: string;
  /** Directory that holds what the ESP is to hold, as the program that copies it sees it: see `ESP_INSIDE`. */
  readonly esp: string;
  /** UUID that all partition UUIDs are derived from. */
  readonly seed: string;
  /** Seconds since 1970. */
  readonly epoch: number;
  readonly sectorBytes: SectorBytes;
}

/** Of the logical sectors of a disk. Partition table and ESP count in them: a disk image is for one size. */
export type SectorBytes = 512 | 4096;

/**
 * Where systemd-repart is shown the ESP's files. It leaves out, without a word, what lies below /tmp, /var/tmp, /run
 * and their like, and people's directories may be there.
 */
export const ESP_INSIDE = "/slipway-esp";

/** A partition definition of systemd-repart, repart.d(5), by file name. Their order is the contract's. */
export const partitionDefinitions = (request: DiskRequest): Readonly<Record<string, string>> => {
  const { rootPartition, rootVerityPartition } = ARCHITECTURE[request.architecture];
  const partition = (fields: readonly string[]): string => `[Partition]\n${fields.join("\n")}\n`;
  const sized = (type: string, label: string, mib: number): readonly string[] => [
    `Type=${type}`,
    `Label=${label}`,
    `SizeMinBytes=${mib}M`,
    `SizeMaxBytes=${mib}M`,
  ];
  const slot = (label: string): readonly string[] => [
    ...sized(rootPartition, label, request.slotSizeMib),
    // Slots are found by content; nothing may mount one because of its type.
    "NoAuto=yes",
    "ReadOnly=yes",
  ];
  const slotVerity = (label: string): readonly string[] => [
    ...sized(rootVerityPartition, `${label}-verity`, verityPartitionMib(request.slotSizeMib)),
    "NoAuto=yes",
    "ReadOnly=yes",
  ];
  return {
    "10-esp.conf": partition([
      ...sized("esp", "esp", ESP_MIB),
      "Format=vfat",
      `CopyFiles=${request.esp}:/`,
    ]),
    "20-slot-a.conf": partition([...slot("slot-a"), `CopyBlocks=${request.root}`]),
    "21-slot-a-verity.conf": partition([...slotVerity("slot-a"), `CopyBlocks=${request.verity}`]),
    "30-slot-b.conf": partition(slot("slot-b")),
    "31-slot-b-verity.conf": partition(slotVerity("slot-b")),
  };
};

type RepartRequest = Pick<DiskRequest, "architecture" | "seed" | "epoch" | "sectorBytes">;

/** systemd-repart(8), on a file and without any mount. */
const repartCommand = (
  { architecture, seed, epoch, sectorBytes }: RepartRequest,
  definitions: string,
  disk: string,
  how: { readonly purpose: string; readonly options: readonly string[] },
): Command => ({
  argv: [
    "systemd-repart",
    "--offline=yes",
    "--dry-run=no",
    ...how.options,
    `--sector-size=${sectorBytes}`,
    `--architecture=${architecture === "x86_64" ? "x86-64" : "arm64"}`,
    `--definitions=${definitions}`,
    `--seed=${seed}`,
    disk,
  ],
  purpose: how.purpose,
  env: { SOURCE_DATE_EPOCH: String(epoch) },
});

/** Makes the disk and all partitions but the ESP, for which it leaves the room. */
export const slotsCommand = (request: RepartRequest, definitions: string, disk: string): Command =>
  repartCommand(request, definitions, disk, {
    purpose: "writing the slots of the disk",
    options: ["--empty=create", "--size=auto", "--defer-partitions=esp"],
  });

/** Adds what `slotsCommand` left out. */
export const espCommand = (request: RepartRequest, definitions: string, disk: string): Command =>
  repartCommand(request, definitions, disk, {
    purpose: "writing the ESP of the disk",
    options: ["--empty=refuse"],
  });

/** Lists the boot entries of a disk: mdir(1) reads the FAT at the ESP's offset, the first partition's. */
export const listEntriesCommand = (disk: string): Command => ({
  argv: ["mdir", "-b", "-i", `${disk}@@1M`, "::/EFI/Linux"],
  purpose: "looking for the UKI on the ESP",
});

/** Writes the definitions to the new directory. */
export const writeDefinitions = async (request: DiskRequest, directory: string): Promise<void> => {
  await mkdir(directory);
  for (const [name, text] of Object.entries(partitionDefinitions(request))) {
    await writeFile(path.join(directory, name), text);
  }
};

/** loader.conf(5): boot the best entry at once; nobody edits a command line at the console. */
export const LOADER_CONF = "timeout 0\neditor no\nauto-entries no\n";

/** Tells systemd-boot's tools that entries follow the Boot Loader Specification (UAPI.1). */
export const ENTRIES_SREL = "type1\n";
