/** Copy-on-write disks, so that the disk of a release is never written to. Pure. */
import type { Command } from "@slipway/host";
import { ComposerError } from "../errors.ts";

/** QEMU's qcow2 starts with these bytes ("QFI\xfb"); everything else is taken as the raw bytes of a disk. */
export const diskFormat = (start: Uint8Array): "raw" | "qcow2" =>
  Buffer.from(start.subarray(0, 4)).equals(Buffer.from([0x51, 0x46, 0x49, 0xfb])) ? "qcow2" : "raw";

/** The size of the disk that the guest sees, in bytes: bytes 24 to 31 of qcow2's header. */
export const qcow2Size = (start: Uint8Array): number =>
  Number(Buffer.from(start).readBigUInt64BE(24));

export interface Overlay {
  readonly file: string;
  /** Absolute: it is written into the overlay. */
  readonly backing: string;
  readonly backingFormat: "raw" | "qcow2";
  readonly bytes: number;
}

/** qemu-img(1): a new disk that holds only what differs from `backing`. */
export const overlayCommand = (overlay: Overlay): Command => ({
  argv: [
    "qemu-img",
    "create",
    "-q",
    ...["-f", "qcow2", "-F", overlay.backingFormat, "-b", overlay.backing],
    overlay.file,
    String(overlay.bytes),
  ],
  purpose: "making the machine's disk",
});

/** A kept disk is of use only over the very file it was made from; this is what is written down to tell. */
export interface Backing {
  readonly size: number;
  readonly modifiedMs: number;
}

/** Room for `/var`, which a node makes behind what its image has. What is not written takes no space here. */
const ROOM_FOR_VAR = 8 * 2 ** 30;

/** Enlarging only: a partition table would reach beyond the end of a smaller disk. */
export const machineDiskBytes = (size: number, wanted: number | undefined): number => {
  if (wanted === undefined) return size + ROOM_FOR_VAR;
  if (wanted < size) {
    throw new ComposerError(
      "MACHINE_FAILED",
      `a disk of ${wanted} bytes is smaller than the image's ${size}`,
      { hint: `give --disk-size ${Math.ceil(size / 2 ** 30)}G or more` },
    );
  }
  return wanted;
};

export const formatBacking = (backing: Backing): string => `${JSON.stringify(backing)}\n`;

/** Undefined when the text is not what `formatBacking` wrote. */
export const parseBacking = (text: string): Backing | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (!("size" in value) || !("modifiedMs" in value)) return undefined;
  const { size, modifiedMs } = value;
  return typeof size === "number" && typeof modifiedMs === "number"
    ? { size, modifiedMs }
    : undefined;
};
