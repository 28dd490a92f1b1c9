/** Whether both made the same kind of thing: what is in the outputs, and how large it is. */
import { open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { STAND_IN_NAME } from "./mkosi-config.ts";
import type { PinnedPackage } from "./subject.ts";

export interface Outputs {
  readonly rootBytes: number;
  readonly verityBytes: number;
  readonly ukiBytes: number;
  /** As far as it is no hole. */
  readonly diskBytes: number;
}

interface OutputFiles {
  readonly disk: string;
  readonly root: string;
  readonly verity: string;
  readonly uki: string;
}

export const slipwayOutputs = (release: string): Promise<Outputs> =>
  readOutputs({
    disk: path.join(release, "disk.raw"),
    root: path.join(release, "root.erofs"),
    verity: path.join(release, "root.verity"),
    uki: path.join(release, "uki.efi"),
  });

export const mkosiOutputs = (directory: string): Promise<Outputs> =>
  readOutputs({
    disk: path.join(directory, "base.raw"),
    root: path.join(directory, "base.root.raw"),
    verity: path.join(directory, "base.verity.raw"),
    uki: path.join(directory, "base.efi"),
  });

/** @throws Error when a file is not what its name says, or the disk lacks a partition. */
const readOutputs = async ({ disk, root, verity, uki }: OutputFiles): Promise<Outputs> => {
  await expectBytes(root, 1024, "e2e1f5e0", "an EROFS image");
  await expectBytes(verity, 0, Buffer.from("verity\0\0").toString("hex"), "a verity tree");
  await expectBytes(uki, 0, Buffer.from("MZ").toString("hex"), "an EFI program");
  const types = await partitionTypes(disk);
  for (const [what, type] of Object.entries(PARTITIONS)) {
    if (!types.includes(type)) throw new Error(`${disk} has no ${what} partition`);
  }
  return {
    rootBytes: (await stat(root)).size,
    verityBytes: (await stat(verity)).size,
    ukiBytes: (await stat(uki)).size,
    diskBytes: (await stat(disk)).blocks * 512,
  };
};

/** Discoverable Partitions Specification; the first three fields of a GUID are stored with the low byte first. */
const PARTITIONS = {
  "EFI system": "28732ac11ff8d211ba4b00a0c93ec93b",
  root: "e3bc684fcde8b14d96e7fbcaf984b709",
  "root verity": "ed57732cd2ebd946aec123d437ec2bf5",
} as const;

const bytesAt = async (file: string, offset: number, length: number): Promise<Buffer> => {
  await using handle = await open(file);
  return (await handle.read(Buffer.alloc(length), 0, length, offset)).buffer;
};

const expectBytes = async (
  file: string,
  offset: number,
  wanted: string,
  what: string,
): Promise<void> => {
  const found = (await bytesAt(file, offset, wanted.length / 2)).toString("hex");
  if (found !== wanted) throw new Error(`${file} is not ${what}: ${found} at byte ${offset}`);
};

/** Of a GPT with sectors of 512 bytes: 128 entries of 128 bytes from the third sector on. */
const partitionTypes = async (disk: string): Promise<readonly string[]> => {
  const table = await bytesAt(disk, 1024, 128 * 128);
  return Array.from({ length: 128 }, (_, index) =>
    table.subarray(index * 128, index * 128 + 16).toString("hex"),
  );
};

export interface PackageComparison {
  readonly both: number;
  readonly onlySlipway: readonly string[];
  readonly onlyMkosi: readonly string[];
}

/** What mkosi says that it installed, held against the lock. Kernel and boot loader are in slipway's image, too. */
export const comparePackages = async (
  packages: readonly PinnedPackage[],
  mkosiDirectory: string,
): Promise<PackageComparison> => {
  const manifest = await readFile(path.join(mkosiDirectory, "base.manifest"), "utf8");
  const installed = [...manifest.matchAll(/"name": "([^"]+)",\s*"version": "([^"]+)"/g)]
    .map(([, name, version]) => `${name} ${version}`)
    .filter((entry) => !entry.startsWith(`${STAND_IN_NAME} `));
  const locked = packages
    .filter(({ sets }) => sets.some((set) => set !== "initrd"))
    .map(({ name, version }) => `${name} ${version}`);
  return {
    both: locked.filter((entry) => installed.includes(entry)).length,
    onlySlipway: locked.filter((entry) => !installed.includes(entry)),
    onlyMkosi: installed.filter((entry) => !locked.includes(entry)),
  };
};
