/** What kind of machine a node is: for whoever looks at many of them. No serial numbers and no addresses: they are nobody's business who only wants to know what fails where. */

export interface DiskFacts {
  /** The kernel's: `vda`, `nvme0n1`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly model?: string;
}

export interface MachineFacts {
  readonly vendor?: string;
  readonly product?: string;
  readonly firmware?: string;
  readonly kernelRelease?: string;
  readonly processor?: string;
  /** Logical processors that are online. */
  readonly processors?: number;
  readonly memoryBytes?: number;
  /** Since the kernel started. */
  readonly upSeconds?: number;
  /** By name. */
  readonly disks: readonly DiskFacts[];
  /** Of network devices, the loopback left aside. */
  readonly links: readonly string[];
}

/**
 * The port. What it cannot find out it leaves out. Its adapter here reads some files of the kernel's; the package `systeminformation`, once the agent has it,
 * is another one, with more facts of the same shape.
 */
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
