/**
 * Reading every block of the root once, so that dm-verity has checked each of them before the release is blessed: a damaged block that nobody happened
 * to need would show only when the other release is no longer there.
 */
import type { ReadOnlyDevice } from "@slipway/host";

/** What is read at a time, and all that this needs of memory. */
const PIECE_BYTES = 1024 * 1024;

export type RootRead =
  | { readonly kind: "whole"; readonly bytes: number }
  | { readonly kind: "damaged"; readonly reason: string }
  /** Told to end before that, or out of time. */
  | { readonly kind: "ended" };

/** The device is opened by us and closed again. What it cannot give is damage, whatever the error. */
export const readRoot = async (
  open: () => Promise<ReadOnlyDevice>,
  signal: AbortSignal,
): Promise<RootRead> => {
  let bytes = 0;
  try {
    await using device = await open();
    const piece = new Uint8Array(PIECE_BYTES);
    while (bytes < device.size) {
      if (signal.aborted) return { kind: "ended" };
      const length = Math.min(PIECE_BYTES, device.size - bytes);
      await device.readBack(piece.subarray(0, length), bytes);
      bytes += length;
    }
    return bytes > 0
      ? { kind: "whole", bytes }
      : { kind: "damaged", reason: `${device.name} is empty` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "damaged", reason };
  }
};
