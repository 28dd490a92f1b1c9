/** What processes take of this machine, by /proc. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Memory {
  /** In bytes; resident pages that others have too count whole, and in proportion in `shareBytes`. */
  readonly rssBytes: number;
  readonly shareBytes: number;
  readonly anonymousBytes: number;
}

export interface FamilyMemory extends Memory {
  /** Resident memory of the largest process among them. */
  readonly largestBytes: number;
}

export const NOTHING: FamilyMemory = {
  rssBytes: 0,
  shareBytes: 0,
  anonymousBytes: 0,
  largestBytes: 0,
};

const KIB = 1024;
let ticks: number | undefined;
const ticksPerSecond = (): number =>
  (ticks ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" })));

/** What stands behind the name in /proc/PID/stat, from the state on: proc_pid_stat(5). */
const statOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];

const CPU_FIELDS = [11, 15] as const;
const PARENT_FIELD = 1;

/** User and system time of a process and of the children that it has waited for, in seconds. */
export const cpuSeconds = (pid: number): number =>
  statOf(pid)
    .slice(...CPU_FIELDS)
    .reduce((sum, field) => sum + Number(field), 0) / ticksPerSecond();

/** @throws Error where there is no such process any more */
export const memoryOf = (pid: number): Memory => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const bytes = (name: string): number => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1];
    if (kib === undefined) throw new Error(`the kernel does not tell the ${name} of ${pid}`);
    return Number(kib) * KIB;
  };
  return { rssBytes: bytes("Rss"), shareBytes: bytes("Pss"), anonymousBytes: bytes("Anonymous") };
};

/** What may end at any moment. */
const unlessGone = <T>(look: () => T, otherwise: T): T => {
  try {
    return look();
  } catch {
    return otherwise;
  }
};

/** A process and all below it. */
const familyOf = (pid: number): readonly number[] => {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [
        Number(name),
        Number(unlessGone(() => statOf(Number(name))[PARENT_FIELD], "0")),
      ]),
  );
  const found = [pid];
  for (const one of found)
    for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found;
};

/** What a process and all below it hold together now. */
export const familyMemory = (pid: number): FamilyMemory =>
  familyOf(pid)
    .map((one) => unlessGone<Memory>(() => memoryOf(one), NOTHING))
    .reduce<FamilyMemory>(
      (sum, one) => ({
        rssBytes: sum.rssBytes + one.rssBytes,
        shareBytes: sum.shareBytes + one.shareBytes,
        anonymousBytes: sum.anonymousBytes + one.anonymousBytes,
        largestBytes: Math.max(sum.largestBytes, one.rssBytes),
      }),
      NOTHING,
    );

/** The largest of each that was seen in two looks. */
export const mostOf = (a: FamilyMemory, b: FamilyMemory): FamilyMemory => ({
  rssBytes: Math.max(a.rssBytes, b.rssBytes),
  shareBytes: Math.max(a.shareBytes, b.shareBytes),
  anonymousBytes: Math.max(a.anonymousBytes, b.anonymousBytes),
  largestBytes: Math.max(a.largestBytes, b.largestBytes),
});
