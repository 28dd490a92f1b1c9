import { utf8Length } from "../../json/utf8.ts";
import { filesystemRule } from "./filesystem-rule.ts";
import { MESSAGES } from "./messages.ts";
import { findOverlap } from "./partition-overlap.ts";
import { pathProblem } from "./path-rule.ts";
import { isFilled, type Newest, type Rules, type Say } from "./rule.ts";

type Partition = Newest<"Partition">;

/** The index of the first item whose key an earlier one has. */
const firstRepeated = (keys: readonly (string | number | undefined)[]): number | undefined => {
  const seen = new Set<string | number>();
  for (const [index, key] of keys.entries()) {
    if (key === undefined) continue;
    if (seen.has(key)) return index;
    seen.add(key);
  }
  return undefined;
};

const mixesZeroAndAbsent = (partitions: readonly Partition[]): boolean =>
  partitions.some(({ shouldExist }) => shouldExist === false) &&
  partitions.some(({ number = 0 }) => number === 0);

const checkPartitions = (partitions: readonly Partition[], say: Say): void => {
  const sayAt = (index: number | undefined, message: string): void => {
    if (index !== undefined) say.error(["partitions", index], message);
  };
  const numbers = partitions.map(({ number = 0 }) => (number === 0 ? undefined : number));
  sayAt(firstRepeated(numbers), MESSAGES.partitionNumbers);
  sayAt(findOverlap(partitions), MESSAGES.partitionsOverlap);
  if (mixesZeroAndAbsent(partitions)) say.error(["partitions"], MESSAGES.partitionsZero);
  sayAt(firstRepeated(partitions.map(({ label }) => label)), MESSAGES.partitionLabels);
};

const MAX_LABEL_BYTES = 36;
const GUID = /^(?:|[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})$/;

const labelProblem = (label: string | undefined): string | undefined => {
  if (label === undefined) return undefined;
  if (utf8Length(label) > MAX_LABEL_BYTES) return MESSAGES.partitionLabelLength;
  return label.includes(":") ? MESSAGES.partitionLabelColon : undefined;
};

const guidProblem = (guid: string | undefined): string | undefined =>
  guid === undefined || GUID.test(guid) ? undefined : MESSAGES.guid;

/** The levels of RAID, and whether they can have spares. */
const LEVELS: ReadonlyMap<string, boolean> = new Map([
  ...["linear", "raid0", "0", "stripe"].map((name) => [name, false] as const),
  ...["raid1", "1", "mirror", "raid4", "4", "raid5", "5", "raid6", "6", "raid10", "10"].map(
    (name) => [name, true] as const,
  ),
]);

const levelProblem = ({ level, spares = 0 }: Newest<"Raid">, minor: number): string | undefined => {
  if (minor >= 3 && !isFilled(level)) return MESSAGES.raidLevelRequired;
  const canHaveSpares = LEVELS.get(level ?? "");
  if (canHaveSpares === undefined) return MESSAGES.raidLevel;
  return !canHaveSpares && spares !== 0 ? MESSAGES.raidSpares : undefined;
};

/** Rules for disks and what is made of them. */
export const DISK_RULES: Rules = {
  Disk: ({ device, partitions = [] }, say) => {
    if (device === "") {
      say.error(["device"], MESSAGES.diskDevice);
      return;
    }
    say.error(["device"], pathProblem(device));
    checkPartitions(partitions, say);
  },
  Partition: ({ number = 0, label, guid, typeGuid, shouldExist, startMiB, sizeMiB }, say) => {
    const isDescribed =
      [label, startMiB, sizeMiB].some((value) => value !== undefined) ||
      isFilled(typeGuid) ||
      isFilled(guid);
    say.error([], shouldExist === false && isDescribed ? MESSAGES.partitionAbsent : undefined);
    say.error([], number === 0 && label === undefined ? MESSAGES.partitionUnnamed : undefined);
    say.error(["label"], labelProblem(label));
    say.error(["guid"], guidProblem(guid));
    say.error(["typeGuid"], guidProblem(typeGuid));
  },
  Raid: (value, say, minor) => {
    say.error(["level"], levelProblem(value, minor));
    const { devices = [] } = value;
    say.error(["devices"], devices.length === 0 ? MESSAGES.raidDevices : undefined);
  },
  Filesystem: filesystemRule,
};
