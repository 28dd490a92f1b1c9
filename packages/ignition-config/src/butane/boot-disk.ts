/** Warnings about partitions that Fedora CoreOS boots from, on the generated config. */
import type { Path } from "../report/finding.ts";
import type { Context } from "./context.ts";
import { type Fields, isTrue, numberAt, objectAt, objectsAt, textAt } from "./value.ts";

/** Below this the system runs out of space when it updates. */
const LEAST_ROOT_MIB = 8192;

/** The numbers that the image's own partitions have. */
const RESERVED_NUMBERS: ReadonlyMap<string, number> = new Map([
  ["BIOS-BOOT", 1],
  ["PowerPC-PReP-boot", 1],
  ["EFI-SYSTEM", 2],
  ["boot", 3],
  ["root", 4],
]);

const checkRootSize = (
  { generatedNotes }: Context,
  partition: Fields,
  hasOtherFloating: boolean,
  path: Path,
): void => {
  const size = numberAt(partition, "sizeMiB") ?? 0;
  if (size === 0) {
    if (!hasOtherFloating) return;
    generatedNotes.warning(
      [...path, "label"],
      "root partition cannot expand; it is set to fill available space but is followed by an auto-positioned partition",
    );
  } else if (size < LEAST_ROOT_MIB) {
    // Butane spells this field as in YAML, so that it is looked up under that name.
    generatedNotes.warning([...path, "size_mib"], "root should have 8GiB of space assigned");
  }
};

const isFloating = (partition: Fields): boolean => (numberAt(partition, "startMiB") ?? 0) === 0;

/** Warns about partitions of all disks. */
export const checkBootDisk = (context: Context, config: Fields): void => {
  const { dialect, generatedNotes } = context;
  if (dialect.bootDisk === "free") return;
  for (const [diskIndex, disk] of objectsAt(objectAt(config, "storage"), "disks").entries()) {
    const partitions = objectsAt(disk, "partitions");
    const floating = partitions.filter(isFloating).length;
    for (const [index, partition] of partitions.entries()) {
      const label = textAt(partition, "label");
      if (label === undefined) continue;
      const path = ["storage", "disks", diskIndex, "partitions", index];
      if (dialect.bootDisk === "root" && label === "root") {
        const others = floating - (isFloating(partition) ? 1 : 0);
        checkRootSize(context, partition, others > 0, path);
      }
      const reserved = RESERVED_NUMBERS.get(label);
      const isMisplaced =
        reserved !== undefined && (numberAt(partition, "number") ?? 0) !== reserved;
      if (isMisplaced && !isTrue(disk, "wipeTable")) {
        generatedNotes.warning(
          [...path, "label"],
          "incorrect partition number; a new partition will be created using reserved label",
        );
      }
    }
  }
};
