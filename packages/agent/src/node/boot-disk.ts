/**
 * The disk under the booted root: which partitions the root's device-mapper device lies on, and which others that disk has. Asked of sysfs, which
 * answers whoever may read, and never of links by UUID or label: a copy of the disk has the same ones.
 */
import type { BootDisk, SlotDevice, SlotDevices, SlotLetter } from "./facts.ts";
import { NodeError } from "./errors.ts";
import { type HostReader, textOf } from "./host-reader.ts";

/** What the initrd names it. */
const ROOT_DEVICE = "root";
/** What sysfs counts in, whatever the disk's own sectors are. */
const SYSFS_SECTOR_BYTES = 512;
const SLOT_LABEL = /^slot-([ab])(-verity)?$/;
const ESP_LABEL = "esp";

interface Partition {
  /** The kernel's name: `vda2`. */
  readonly name: string;
  readonly label: string;
  /** In lower case; undefined on kernels that do not tell. */
  readonly uuid: string | undefined;
  readonly size: number;
}

export interface FoundDisk {
  readonly disk: BootDisk;
  /** Which slot the root is read from. */
  readonly booted: SlotLetter;
  /** UUID of its ESP in the table; undefined without one, or on kernels that do not tell. */
  readonly espUuid: string | undefined;
}

/** @throws NodeError `NOT_A_NODE` */
export const findBootDisk = async (reader: HostReader): Promise<FoundDisk> => {
  const below = await partitionsUnderRoot(reader);
  const [disk, ...others] = await disksWith(reader, below);
  if (disk === undefined || others.length > 0)
    throw notANode(
      `the partitions ${below.join(" and ")} under the root were looked for below /sys/block, and are on ${disk === undefined ? "no disk" : "different disks"}`,
    );
  const partitions = await partitionsOf(reader, disk);
  const labels = below.map((name) => partitions.find((one) => one.name === name)?.label ?? "");
  const letters = new Set(labels.map((label) => SLOT_LABEL.exec(label)?.[1]));
  const [letter] = letters;
  if (letters.size !== 1 || (letter !== "a" && letter !== "b"))
    throw notANode(
      `the root is on ${below.join(" and ")}, which are called ${labels.join(" and ")} and not slot-a and slot-a-verity, or slot-b`,
    );
  return {
    disk: {
      name: disk,
      slots: { a: slotOf(partitions, disk, "a"), b: slotOf(partitions, disk, "b") },
    },
    booted: letter,
    espUuid: partitions.find(({ label }) => label === ESP_LABEL)?.uuid,
  };
};

const notANode = (message: string): NodeError =>
  new NodeError("NOT_A_NODE", message, {
    hint: "this is for machines that were installed from an image of ours, and booted from its disk",
  });

const partitionsUnderRoot = async (reader: HostReader): Promise<readonly string[]> => {
  for (const device of await reader.list("/sys/block")) {
    if (!device.startsWith("dm-")) continue;
    if ((await textOf(reader, `/sys/block/${device}/dm/name`)) !== ROOT_DEVICE) continue;
    const below = await reader.list(`/sys/block/${device}/slaves`);
    if (below.length === 2) return below;
    throw notANode(
      `/sys/block/${device}/slaves names ${below.length} devices under the root, and a verity device has two`,
    );
  }
  throw notANode(`no device of device-mapper below /sys/block is called ${ROOT_DEVICE}`);
};

const disksWith = async (
  reader: HostReader,
  names: readonly string[],
): Promise<readonly string[]> => {
  const found = new Set<string>();
  for (const disk of await reader.list("/sys/block")) {
    if (disk.startsWith("dm-")) continue;
    const inside = new Set(await reader.list(`/sys/block/${disk}`));
    if (names.some((name) => inside.has(name))) found.add(disk);
  }
  return [...found];
};

const partitionsOf = async (reader: HostReader, disk: string): Promise<readonly Partition[]> => {
  const partitions: Partition[] = [];
  for (const name of await reader.list(`/sys/block/${disk}`)) {
    const directory = `/sys/block/${disk}/${name}`;
    if ((await textOf(reader, `${directory}/partition`)) === undefined) continue;
    const uevent = (await textOf(reader, `${directory}/uevent`)) ?? "";
    partitions.push({
      name,
      label: valueOf(uevent, "PARTNAME") ?? "",
      uuid: valueOf(uevent, "PARTUUID")?.toLowerCase(),
      size: SYSFS_SECTOR_BYTES * (await numberIn(reader, `${directory}/size`)),
    });
  }
  return partitions;
};

const valueOf = (uevent: string, name: string): string | undefined =>
  uevent
    .split("\n")
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1);

const numberIn = async (reader: HostReader, file: string): Promise<number> => {
  const text = (await textOf(reader, file)) ?? "";
  // 512 times as much is still exact.
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new NodeError("UNREADABLE", `${file} holds ${JSON.stringify(text)} and no number`);
};

const slotOf = (
  partitions: readonly Partition[],
  disk: string,
  letter: SlotLetter,
): SlotDevices => {
  const device = (label: string): SlotDevice => {
    const [found, ...others] = partitions.filter((partition) => partition.label === label);
    if (found !== undefined && others.length === 0)
      return { path: `/dev/${found.name}`, size: found.size };
    throw notANode(
      `${label} was looked for among the partitions of /dev/${disk}, and ${found === undefined ? "is not there" : "is there more than once"}`,
    );
  };
  return { root: device(`slot-${letter}`), verity: device(`slot-${letter}-verity`) };
};
