/** What kind of machine this is, by what the kernel tells everybody. */
import type { HostReader } from "../node/host-reader.ts";
import {
  bytesIn,
  countIn,
  type DiskFacts,
  factIn,
  type LinkFacts,
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

/** The flag that x86's processors have for guests. */
const HYPERVISOR = /^flags\s*:.*\bhypervisor\b/m;

/** Megabits: beyond it, or -1, nobody knows. */
const FASTEST_LINK = 10_000_000;

const LINK_STATE = /^[a-z]{1,20}$/;

/** By the name that its driver gives it; a disk that a hypervisor makes says it rotates. */
const DRIVERS: readonly (readonly [RegExp, NonNullable<DiskFacts["kind"]>])[] = [
  [/^nvme/, "nvme"],
  [/^mmcblk/, "card"],
  [/^(?:vd|xvd)/, "virtual"],
];

const diskKind = (name: string, rotational: string | undefined): DiskFacts["kind"] => {
  const byName = DRIVERS.find(([names]) => names.test(name))?.[1];
  if (byName !== undefined || rotational === undefined) return byName;
  return rotational === "1" ? "rotating" : "solid-state";
};

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
    const kind = diskKind(name, await fact(`/sys/block/${name}/queue/rotational`));
    return {
      name,
      sizeBytes: sectors * SECTOR_BYTES,
      ...(model === undefined ? {} : { model }),
      ...(kind === undefined ? {} : { kind }),
    };
  };

  const link = async (name: string): Promise<LinkFacts> => {
    const state = await fact(`/sys/class/net/${name}/operstate`);
    // A device that is down, or has no speed, answers with an error or -1.
    const speed = Number((await fact(`/sys/class/net/${name}/speed`)) ?? Number.NaN);
    const isSpeed = Number.isSafeInteger(speed) && speed > 0 && speed <= FASTEST_LINK;
    return {
      name,
      ...(state !== undefined && LINK_STATE.test(state) ? { state } : {}),
      ...(isSpeed ? { megabitsPerSecond: speed } : {}),
    };
  };

  return async () => {
    const disks: DiskFacts[] = [];
    for (const name of await names("/sys/block", 4 * MOST_DISKS)) {
      if (VIRTUAL_DISK.test(name) || disks.length === MOST_DISKS) continue;
      const found = await disk(name);
      if (found !== undefined) disks.push(found);
    }
    const links = (await names("/sys/class/net", MOST_LINKS)).filter((name) => name !== "lo");
    const network: LinkFacts[] = [];
    for (const name of links) network.push(await link(name));
    const processors = (await text("/proc/cpuinfo")) ?? "";
    const upSeconds = Math.floor(Number((await text("/proc/uptime"))?.split(" ")[0] ?? Number.NaN));
    const facts: { readonly [K in keyof MachineFacts]: MachineFacts[K] | undefined } = {
      vendor: await fact("/sys/class/dmi/id/sys_vendor"),
      // Boards without DMI have a device tree.
      product:
        (await fact("/sys/class/dmi/id/product_name")) ??
        (await fact("/sys/firmware/devicetree/base/model")),
      firmware: await fact("/sys/class/dmi/id/bios_version"),
      firmwareVendor: await fact("/sys/class/dmi/id/bios_vendor"),
      firmwareDate: await fact("/sys/class/dmi/id/bios_date"),
      isVirtual: HYPERVISOR.test(processors) ? true : undefined,
      kernelRelease: await fact("/proc/sys/kernel/osrelease"),
      processor: factIn(processors, "model name"),
      processors: countIn(await fact("/sys/devices/system/cpu/online")),
      memoryBytes: bytesIn(factIn((await text("/proc/meminfo")) ?? "", "MemTotal")),
      upSeconds: Number.isSafeInteger(upSeconds) ? upSeconds : undefined,
      disks,
      links,
      network: network.length === 0 ? undefined : network,
    };
    return known(facts, { disks, links });
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
