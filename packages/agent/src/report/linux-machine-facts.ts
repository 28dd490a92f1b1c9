/** What kind of machine this is, by what the kernel tells everybody. */
import type { HostReader } from "../node/host-reader.ts";
import {
  bytesIn,
  countIn,
  type DiskFacts,
  factIn,
  type MachineFacts,
  plainFact,
  type ReadMachineFacts,
} from "./machine-facts.ts";

const MOST_BYTES = 1024 * 1024;
const MOST_DISKS = 64;
const MOST_LINKS = 64;
const SECTOR_BYTES = 512;

/** What is made by programs, and no device of the machine. */
const VIRTUAL_DISK = /^(?:dm-|loop|ram|sr|zram|md|nbd)/;

export const linuxMachineFacts = (reader: HostReader): ReadMachineFacts => {
  /** A fact that cannot be had is none: nothing depends on it. */
  const text = async (file: string): Promise<string | undefined> => {
    try {
      const bytes = await reader.bytes(file, MOST_BYTES);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString();
    } catch {
      return undefined;
    }
  };
  const fact = async (file: string): Promise<string | undefined> => plainFact(await text(file));
  const names = async (directory: string, most: number): Promise<readonly string[]> => {
    try {
      return (await reader.list(directory)).slice(0, most);
    } catch {
      return [];
    }
  };

  const disk = async (name: string): Promise<DiskFacts | undefined> => {
    const sectors = Number((await fact(`/sys/block/${name}/size`)) ?? Number.NaN);
    if (!Number.isSafeInteger(sectors) || sectors <= 0) return undefined;
    const model = await fact(`/sys/block/${name}/device/model`);
    return { name, sizeBytes: sectors * SECTOR_BYTES, ...(model === undefined ? {} : { model }) };
  };

  return async () => {
    const disks: DiskFacts[] = [];
    for (const name of await names("/sys/block", 4 * MOST_DISKS)) {
      if (VIRTUAL_DISK.test(name) || disks.length === MOST_DISKS) continue;
      const found = await disk(name);
      if (found !== undefined) disks.push(found);
    }
    const processors = (await text("/proc/cpuinfo")) ?? "";
    const upSeconds = Math.floor(Number((await text("/proc/uptime"))?.split(" ")[0] ?? Number.NaN));
    const facts: { readonly [K in keyof MachineFacts]: MachineFacts[K] | undefined } = {
      vendor: await fact("/sys/class/dmi/id/sys_vendor"),
      // Boards without DMI have a device tree.
      product:
        (await fact("/sys/class/dmi/id/product_name")) ??
        (await fact("/sys/firmware/devicetree/base/model")),
      firmware: await fact("/sys/class/dmi/id/bios_version"),
      kernelRelease: await fact("/proc/sys/kernel/osrelease"),
      processor: factIn(processors, "model name"),
      processors: countIn(await fact("/sys/devices/system/cpu/online")),
      memoryBytes: bytesIn(factIn((await text("/proc/meminfo")) ?? "", "MemTotal")),
      upSeconds: Number.isSafeInteger(upSeconds) ? upSeconds : undefined,
      disks,
      links: (await names("/sys/class/net", MOST_LINKS)).filter((name) => name !== "lo"),
    };
    return known(facts, { disks, links: facts.links ?? [] });
  };
};

/** Without what nobody could tell. */
const known = (
  facts: { readonly [K in keyof MachineFacts]: MachineFacts[K] | undefined },
  lists: Pick<MachineFacts, "disks" | "links">,
): MachineFacts => ({
  ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)),
  ...lists,
});
