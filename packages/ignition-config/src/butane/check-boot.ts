/** Rules for `boot_device` and `grub`, and for the disks and file systems of Fedora CoreOS. */
import type { Path } from "../report/finding.ts";
import type { Notes } from "./note.ts";
import { type Fields, isTrue, listAt, objectAt, objectsAt, textAt, textsAt } from "./value.ts";
import type { Dialect } from "./variants.ts";

/** The first base with the layouts of s390x and the checks that came with them (fcos 1.6.0). */
const WITH_S390X = 5;
/** The first base that asks for a layout and for a method to unlock (fcos 1.7.0). */
const STRICT = 6;

const BOOT_DISK = "/dev/disk/by-id/coreos-boot-disk";

const LAYOUTS = ["aarch64", "ppc64le", "x86_64"];
const S390X_LAYOUTS = ["s390x-eckd", "s390x-virt", "s390x-zfcp"];

/** What the disk's name ends in, for the layouts whose root partition is found by the disk's name. */
const DEVICE_NAMES: ReadonlyMap<string, RegExp> = new Map([
  ["s390x-eckd", /\/dev\/dasd[a-z]$/],
  ["s390x-zfcp", /\/dev\/sd[a-z]$/],
]);

const checkDeviceName = (layout: string, device: string | undefined): string | undefined => {
  const pattern = DEVICE_NAMES.get(layout);
  if (pattern === undefined) return undefined;
  if (device === undefined || device === "") {
    return "device is required for layouts: s390x-eckd, s390x-zfcp";
  }
  return pattern.test(device)
    ? undefined
    : "device name must start with /dev/dasd on s390x-eckd layout or /dev/sd on s390x-zfcp layout";
};

const checkLayout = (device: Fields, path: Path, minor: number, notes: Notes): void => {
  const layout = textAt(device, "layout");
  if (layout === undefined) return;
  const at = [...path, "layout"];
  const known = minor >= WITH_S390X ? [...LAYOUTS, ...S390X_LAYOUTS].toSorted() : LAYOUTS;
  if (!known.includes(layout)) notes.error(at, `layout must be one of: ${known.join(", ")}`);
  if (minor < WITH_S390X) return;
  const badName = checkDeviceName(layout, textAt(objectAt(device, "luks"), "device"));
  if (badName !== undefined) notes.error(at, badName);
  const isMirrored = listAt(objectAt(device, "mirror"), "devices").length > 0;
  if (layout.startsWith("s390x") && isMirrored) {
    notes.error(at, "mirroring not supported on layouts: s390x-eckd, s390x-zfcp, s390x-virt");
  }
};

const checkCex = (device: Fields, path: Path, notes: Notes): void => {
  const luks = objectAt(device, "luks");
  if (!isTrue(objectAt(luks, "cex"), "enabled")) return;
  const layout = textAt(device, "layout");
  const mismatch = "when using cex the targeted architecture must match s390x";
  if (layout === undefined) notes.error([...path, "luks", "cex"], mismatch);
  else if (!layout.startsWith("s390x")) notes.error([...path, "layout"], mismatch);
  if (listAt(luks, "tang").length > 0 || isTrue(luks, "tpm2")) {
    notes.error([...path, "luks"], "cannot use cex with clevis");
  }
};

const checkMirror = (mirror: Fields, path: Path, notes: Notes): void => {
  if (listAt(mirror, "devices").length === 1) {
    notes.error([...path, "devices"], "mirroring requires at least two devices");
  }
};

const hasUnlocking = (luks: Fields): boolean =>
  isTrue(luks, "tpm2") ||
  isTrue(objectAt(luks, "cex"), "enabled") ||
  objectsAt(luks, "tang").some((tang) =>
    // The URL alone cannot be unset, so that an empty one says nothing.
    Object.entries(tang).some(
      ([field, value]) => value !== undefined && !(field === "url" && value === ""),
    ),
  );

/** Of `boot_device`. */
export const checkBootDevice = (
  device: Fields,
  path: Path,
  { minor }: Dialect,
  notes: Notes,
): void => {
  const mirror = objectAt(device, "mirror");
  if (listAt(mirror, "devices").length > 0 && device["layout"] === undefined) {
    const message = "boot_device.layout should be specified when boot_device.mirror is specified";
    if (minor >= STRICT) notes.error([...path, "mirror"], message);
    else notes.warning([...path, "mirror"], message);
  }
  checkLayout(device, path, minor, notes);
  if (minor >= WITH_S390X) checkCex(device, path, notes);
  // Butane looks at the mirror twice, here and when it comes to the mirror itself.
  checkMirror(mirror, [...path, "mirror"], notes);
};

/** Of `boot_device.luks`. Butane names the object twice in the path. */
export const checkBootLuks = (luks: Fields, path: Path, { minor }: Dialect, notes: Notes): void => {
  const device = textAt(luks, "device");
  if (minor < STRICT || device === undefined || device === "" || hasUnlocking(luks)) return;
  notes.error([...path, "luks"], "no method specified for luks");
};

/** Of `boot_device.mirror`. */
export const checkBootMirror = (mirror: Fields, path: Path, _: Dialect, notes: Notes): void => {
  checkMirror(mirror, path, notes);
};

/** Of `grub.users[]`. */
export const checkGrubUser = (user: Fields, path: Path, _: Dialect, notes: Notes): void => {
  for (const field of ["name", "password_hash"]) {
    if ((textAt(user, field) ?? "") === "") {
      notes.error([...path, field], `field "${field}" is required`);
    }
  }
};

const checkReuse = (root: Fields, notes: Notes): void => {
  const mirrored = new Set(textsAt(objectAt(objectAt(root, "boot_device"), "mirror"), "devices"));
  for (const [disk, fields] of objectsAt(objectAt(root, "storage"), "disks").entries()) {
    const device = textAt(fields, "device") ?? "";
    if (device === BOOT_DISK || isTrue(fields, "wipe_table") || mirrored.has(device)) continue;
    for (const [partition, { number, label }] of objectsAt(fields, "partitions").entries()) {
      if ((number ?? 0) !== 0 || label === undefined) continue;
      notes.warning(
        ["storage", "disks", disk, "partitions", partition, "number"],
        `partitions cannot be reused by label; number must be specified except on boot disk (${BOOT_DISK}) or when wipe_table is true`,
      );
    }
  }
};

/** Of the whole document. */
export const checkFcosConfig = (root: Fields, dialect: Dialect, notes: Notes): void => {
  if (dialect.variant !== "fcos" || dialect.minor < WITH_S390X) return;
  checkReuse(root, notes);
  for (const [index, filesystem] of objectsAt(objectAt(root, "storage"), "filesystems").entries()) {
    const path = textAt(filesystem, "path");
    const isAllowed = path === undefined || /^\/(?:etc|var)(?:\/|$)/.test(path);
    if (isAllowed || !isTrue(filesystem, "with_mount_unit")) continue;
    notes.error(
      ["storage", "filesystems", index, "path"],
      "path must be under /etc or /var if with_mount_unit is true",
    );
  }
};
