/** `boot_device`: a mirrored or encrypted boot disk, spelled out as partitions, RAID, LUKS and file systems. */
import type { Path } from "../report/finding.ts";
import { type Context, step } from "./context.ts";
import { mergeTraced, type Traced } from "./merge.ts";
import type { Shape } from "./shape.ts";
import { jsonField } from "./shapes.ts";
import {
  addCommonSource,
  addTranslation,
  noTranslations,
  type Translations,
} from "./translations.ts";
import { translateValue } from "./translate-fields.ts";
import { type Fields, isTrue, listAt, objectAt, textAt, textsAt, type Value } from "./value.ts";

/** Types and sizes of the partitions that the image of Fedora CoreOS has; the sizes may never shrink. */
const RESERVED = { sizeMiB: 1, typeGuid: "8DA63339-0007-60C0-C436-083AC8230908" };
const BIOS = { sizeMiB: 1, typeGuid: "21686148-6449-6E6F-744E-656564454649" };
const PREP = { sizeMiB: 4, typeGuid: "9E1A2D38-C612-4316-AA26-8B49521E5A8B" };
const ESP = { sizeMiB: 127, typeGuid: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B" };
const BOOT = { sizeMiB: 384 };

/** A partition whose label gets the disk's number. */
interface PartitionPlan {
  readonly label: string;
  readonly sizeMiB?: number;
  readonly typeGuid?: string;
}

/** The first two partitions of each disk, by layout. */
interface Layout {
  readonly first: PartitionPlan;
  readonly second: PartitionPlan;
  readonly hasEsp: boolean;
}

const SECOND_RESERVED = { label: "reserved", ...RESERVED };
const SECOND_ESP = { label: "esp", ...ESP };

const LAYOUTS: Readonly<Record<string, Layout>> = {
  x86_64: { first: { label: "bios", ...BIOS }, second: SECOND_ESP, hasEsp: true },
  aarch64: { first: { label: "reserved", ...RESERVED }, second: SECOND_ESP, hasEsp: true },
  ppc64le: { first: { label: "prep", ...PREP }, second: SECOND_RESERVED, hasEsp: false },
};
const OTHER_LAYOUT: Layout = {
  first: { label: "reserved", ...RESERVED },
  second: SECOND_RESERVED,
  hasEsp: false,
};

/** The number of the root partition, for layouts whose disk is named instead of mirrored. */
const ROOT_NUMBERS: Readonly<Record<string, string>> = { "s390x-eckd": "2", "s390x-zfcp": "4" };

const mirrorDisk = (device: string, number: number, { first, second }: Layout): Fields => {
  const partitions: readonly PartitionPlan[] = [
    first,
    second,
    { label: "boot", ...BOOT },
    { label: "root" },
  ];
  return {
    device,
    wipeTable: true,
    partitions: partitions.map(({ label, ...rest }) => ({
      label: `${label}-${number}`,
      ...rest,
    })),
  };
};

const espFilesystem = (number: number): Fields => ({
  device: `/dev/disk/by-partlabel/esp-${number}`,
  format: "vfat",
  label: `esp-${number}`,
  wipeFilesystem: true,
});

const raidArrays = (count: number): readonly Fields[] => {
  const devices = (label: string): readonly string[] =>
    Array.from({ length: count }, (_, index) => `/dev/disk/by-partlabel/${label}-${index + 1}`);
  return [
    // The superblock goes to the end, so that GRUB need not understand RAID to read the partition.
    { devices: devices("boot"), level: "raid1", name: "md-boot", options: ["--metadata=1.0"] },
    { devices: devices("root"), level: "raid1", name: "md-root" },
  ];
};

/** What is being made, and where its parts come from. */
interface Made {
  readonly storage: Fields;
  readonly filesystems: Fields[];
  readonly translations: Translations;
}

const storageField = ({ shapes }: Context, name: string): Shape =>
  jsonField(shapes("Storage"), name);

const addFilesystem = (context: Context, made: Made, from: Path, filesystem: Fields): void => {
  const to = ["storage", "filesystems", made.filesystems.length];
  addCommonSource(made.translations, from, to, filesystem, context.shapes("Filesystem"));
  made.filesystems.push(filesystem);
};

const addMirror = (
  context: Context,
  devices: readonly string[],
  layout: Layout,
  made: Made,
): void => {
  const mirror = ["boot_device", "mirror"];
  const disks: Fields[] = [];
  for (const [index, device] of devices.entries()) {
    const from = [...mirror, "devices", index];
    const disk = mirrorDisk(device, index + 1, layout);
    addCommonSource(
      made.translations,
      from,
      ["storage", "disks", index],
      disk,
      context.shapes("Disk"),
    );
    disks.push(disk);
    if (layout.hasEsp) addFilesystem(context, made, from, espFilesystem(index + 1));
  }
  addTranslation(made.translations, [...mirror, "devices"], ["storage", "disks"]);
  const raid = raidArrays(devices.length);
  addCommonSource(
    made.translations,
    mirror,
    ["storage", "raid"],
    raid,
    storageField(context, "raid"),
  );
  made.storage["disks"] = disks;
  made.storage["raid"] = raid;
  addFilesystem(context, made, mirror, {
    device: "/dev/md/md-boot",
    format: "ext4",
    label: "boot",
    wipeFilesystem: true,
  });
};

const luksDevice = (luks: Fields, layout: string, isMirrored: boolean): string => {
  const number = ROOT_NUMBERS[layout];
  if (number !== undefined) return `${textAt(luks, "device") ?? ""}${number}`;
  return isMirrored ? "/dev/md/md-root" : "/dev/disk/by-partlabel/root";
};

/** How the volume is unlocked: the card, or else Clevis. */
const unlocking = (context: Context, luks: Fields, made: Made): Fields => {
  const isCex = isTrue(objectAt(luks, "cex"), "enabled");
  const name = isCex ? "cex" : "clevis";
  const route = { from: ["boot_device", "luks"], to: ["storage", "luks", 0, name] };
  const inner = { ...context, translations: made.translations };
  const into: Fields = {};
  const translate = (fields: Fields, field: string, shape: Shape): void => {
    const value = translateValue(inner, fields[field], shape, step(route, field, field));
    if (value !== undefined) into[field] = value;
  };
  if (isCex) {
    translate(objectAt(luks, "cex"), "enabled", jsonField(context.shapes("Cex"), "enabled"));
  } else {
    for (const field of ["tang", "threshold", "tpm2"]) {
      translate(luks, field, jsonField(context.shapes("Clevis"), field));
    }
  }
  addTranslation(made.translations, route.from, route.to);
  return { [name]: into };
};

const addLuks = (context: Context, luks: Fields, device: string, made: Made): void => {
  const from = ["boot_device", "luks"];
  const to = ["storage", "luks", 0];
  const discard: Fields = luks["discard"] === undefined ? {} : { discard: luks["discard"] };
  const volume: Fields = {
    ...unlocking(context, luks, made),
    device,
    ...discard,
    label: "luks-root",
    name: "root",
    wipeVolume: true,
  };
  addTranslation(made.translations, [...from, "discard"], [...to, "discard"]);
  for (const field of ["device", "label", "name", "wipeVolume"]) {
    addTranslation(made.translations, from, [...to, field]);
  }
  addTranslation(made.translations, from, to);
  addTranslation(made.translations, from, ["storage", "luks"]);
  made.storage["luks"] = [volume];
};

const wantsLuks = (luks: Fields): boolean =>
  isTrue(luks, "tpm2") ||
  listAt(luks, "tang").length > 0 ||
  isTrue(objectAt(luks, "cex"), "enabled");

/** Merges the author's config over what the boot device asks for. */
export const addBootDevice = (context: Context, root: Fields, traced: Traced): Traced => {
  const device = objectAt(root, "boot_device");
  const luks = objectAt(device, "luks");
  const devices = textsAt(objectAt(device, "mirror"), "devices");
  const isEncrypted = wantsLuks(luks);
  const isMirrored = devices.length > 0;
  if (!isEncrypted && !isMirrored) return traced;

  const layout = textAt(device, "layout") ?? "x86_64";
  const made: Made = { storage: {}, filesystems: [], translations: noTranslations() };
  if (isMirrored) addMirror(context, devices, LAYOUTS[layout] ?? OTHER_LAYOUT, made);
  if (isEncrypted) addLuks(context, luks, luksDevice(luks, layout, isMirrored), made);
  addFilesystem(context, made, ["boot_device"], {
    device: isEncrypted ? "/dev/mapper/root" : "/dev/md/md-root",
    format: "xfs",
    label: "root",
    wipeFilesystem: true,
  });
  const filesystems: readonly Value[] = made.filesystems;
  made.storage["filesystems"] = filesystems;
  addTranslation(made.translations, ["boot_device"], ["storage", "filesystems"]);
  addTranslation(made.translations, ["boot_device"], ["storage"]);
  const parent = { config: { storage: made.storage }, translations: made.translations };
  return mergeTraced(parent, traced, context.dialect.minor);
};
