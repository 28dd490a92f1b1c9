/** What an update does to an ESP, on a simulated disk: the story that our FAT and the tools of others have to agree on. */
import {
  diskOn,
  formatFat,
  mountFat,
  simulatedDisk,
  type SimulatedDisk,
} from "@slipway/host/testing";

export interface FatStory {
  readonly title: string;
  readonly sectorSize: number;
  readonly sectorsPerCluster: number;
  readonly dirsync: boolean;
  /** Whether the story ends with the file system unmounted; otherwise it is left in the middle of a write. */
  readonly unmount?: boolean;
}

/** More than the fewest that FAT32 has, at one sector a cluster. */
const SECTORS = 67_000;

/**
 * The second release is staged on the first one's disk, finalized, tried and blessed; a configuration is replaced, the first
 * release removed, the third one begun. The power can go at any time after the first one was installed.
 */
export const playFatStory = (story: FatStory): SimulatedDisk => {
  let minutes = 0;
  const now = (): Date => new Date(Date.UTC(2026, 1, 3, 4, (minutes += 1), 7));
  const disk = diskOn(installed(story, now));
  const { sectorSize, dirsync, unmount = false } = story;
  const linux = mountFat(disk, { now, dirsync });
  const staged = "/EFI/Linux/base_1.1_4e5f6a7b.efi.staged";
  const counted = "/EFI/Linux/base_1.1_4e5f6a7b+3.efi";
  const tried = "/EFI/Linux/base_1.1_4e5f6a7b+2-1.efi";
  const blessed = "/EFI/Linux/base_1.1_4e5f6a7b.efi";
  linux.writeFile(staged, content("two ", 6 * sectorSize));
  linux.append(staged, content("and a half ", 7 * sectorSize + 100));
  linux.fsync(staged);
  linux.rename(staged, counted);
  linux.fsync("/EFI/Linux");
  linux.fsync(counted);
  linux.rename(counted, tried);
  linux.syncfs();
  linux.rename(tried, blessed);
  linux.writeFile("/loader/loader.conf.new", content("timeout 0\n", 10));
  linux.fsync("/loader/loader.conf.new");
  linux.rename("/loader/loader.conf.new", "/loader/loader.conf");
  linux.fsync("/loader");
  linux.unlink("/EFI/Linux/base_1.0_0a1b2c3d.efi");
  linux.writeFile("/EFI/Linux/base_1.2_8c9daebf.efi.staged", content("three ", 5 * sectorSize + 1));
  if (unmount) linux.unmount();
  return disk;
};

const installed = ({ sectorSize, sectorsPerCluster }: FatStory, now: () => Date): SimulatedDisk => {
  const disk = simulatedDisk(sectorSize, SECTORS * sectorsPerCluster);
  formatFat(disk, { sectorsPerCluster });
  const linux = mountFat(disk, { now });
  for (const directory of ["/EFI", "/EFI/BOOT", "/EFI/Linux", "/loader"]) linux.mkdir(directory);
  linux.writeFile("/EFI/BOOT/BOOTX64.EFI", content("loader", 3 * sectorSize));
  linux.writeFile("/loader/loader.conf", content("timeout 3\n", 10));
  linux.writeFile("/EFI/Linux/base_1.0_0a1b2c3d.efi", content("one ", 9 * sectorSize + 17));
  linux.unmount();
  disk.flush();
  return disk;
};

const content = (text: string, size: number): Uint8Array => Buffer.alloc(size, text);
