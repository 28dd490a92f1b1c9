/** What kind of machine a node is: for whoever looks at many of them. No serial numbers and no addresses: they are nobody's business who only wants to know what fails where. */

export interface DiskFacts {
  /** The kernel's: `vda`, `nvme0n1`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly model?: string;
  /** `virtual`: what is behind it only the host knows. Absent where nothing tells. */
  readonly kind?: "nvme" | "solid-state" | "rotating" | "card" | "virtual";
}

export interface LinkFacts {
  /** The kernel's: `enp1s0`. */
  readonly name: string;
  /** As the kernel calls it: `up`, `down`, `unknown`, `dormant`. */
  readonly state?: string;
  /** Of a link that is up and says it. */
  readonly megabitsPerSecond?: number;
}

export interface MachineFacts {
  readonly vendor?: string;
  readonly product?: string;
  /** Its version. */
  readonly firmware?: string;
  readonly firmwareVendor?: string;
  /** As the firmware writes it, usually `MM/DD/YYYY`. */
  readonly firmwareDate?: string;
  /** `Rack Mount Chassis`, `Desktop`. */
  readonly chassis?: string;
  readonly isVirtual?: boolean;
  /** `KVM`, `QEMU`, `VMware`. */
  readonly hypervisor?: string;
  readonly kernelRelease?: string;
  readonly processor?: string;
  readonly processorMaker?: string;
  /** Of all sockets together, each once whatever it runs at a time. */
  readonly processorCores?: number;
  readonly processorSockets?: number;
  /** Logical processors that are online. */
  readonly processors?: number;
  readonly memoryBytes?: number;
  /** Since the kernel started. */
  readonly upSeconds?: number;
  /** By name. */
  readonly disks: readonly DiskFacts[];
  /** Of network devices, the loopback left aside. */
  readonly links: readonly string[];
  /** The same, with what is known of each. */
  readonly network?: readonly LinkFacts[];
}

/** The port. What it cannot find out it leaves out. One adapter reads some files of the kernel's; another adds to it what systeminformation finds out. */
export type ReadMachineFacts = () => Promise<MachineFacts>;

/** What firmware writes is for people, and at times nothing but blanks. */
const LONGEST = 120;

export const plainFact = (text: string | undefined): string | undefined => {
  const plain = text
    ?.replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, LONGEST);
  return plain === "" ? undefined : plain;
};

/** The value of a line `Name : value`, of /proc/cpuinfo or /proc/meminfo. */
export const factIn = (text: string, name: string): string | undefined =>
  plainFact(
    text
      .split("\n")
      .find((line) => line.split(":", 1)[0]?.trim() === name)
      ?.split(":")
      .slice(1)
      .join(":"),
  );

/** `16384 kB`, in bytes. */
export const bytesIn = (text: string | undefined): number | undefined => {
  const [, kib] = /^([0-9]{1,12}) kB$/.exec(text ?? "") ?? [];
  return kib === undefined ? undefined : Number(kib) * 1024;
};

/** How many processors a list such as `0-3,6` names. */
export const countIn = (list: string | undefined): number | undefined => {
  if (
    list === undefined ||
    !/^[0-9]{1,5}(?:-[0-9]{1,5})?(?:,[0-9]{1,5}(?:-[0-9]{1,5})?)*$/.test(list)
  )
    return undefined;
  return list.split(",").reduce((sum, run) => {
    const [first = 0, last = first] = run.split("-").map(Number);
    return sum + Math.max(0, last - first + 1);
  }, 0);
};
