import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { checkRange } from "../block-device.ts";
import type { ReadOnlyDevice } from "../read-only-device.ts";
import { deviceError, geometryOf } from "./block-devices.ts";
import { directReader } from "./direct-file.ts";
import { readFully } from "./transfer.ts";

const on = async (handle: FileHandle, path: string): Promise<ReadOnlyDevice> => {
  const { size } = await geometryOf(handle);
  // A plain file that stands for a device may lie where nothing is read past the cache.
  const direct = await directReader(handle);
  if (direct === undefined && !(await handle.stat()).isFile())
    throw new Error("no reading past the page cache");
  return {
    name: path,
    size,
    readBack: async (target, offset) => {
      checkRange({ name: path, size }, offset, target.length);
      try {
        await (direct?.readInto(target, offset) ?? readFully(handle, target, offset));
      } catch (error) {
        throw deviceError(path, `read at byte ${offset}`, error);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await direct?.close();
      await handle.close();
    },
  };
};

/**
 * Opens a block device that is in use, such as the one that the root is mounted from, or a plain file in its place.
 * @throws HostError `DEVICE_FAILED`
 */
export const openReadOnly = async (path: string): Promise<ReadOnlyDevice> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY);
    return await on(handle, path);
  } catch (error) {
    await handle?.close();
    throw deviceError(path, "opened", error);
  }
};
