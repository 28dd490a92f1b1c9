/** A simulated disk, and what a power cut may leave of it. */
export { type CrashState, type Found, type Torn, TORN_PARTS } from "./crash-state.ts";
export { countChoices, crashStates } from "./crash-states.ts";
export type { Content, Interval, Unsettled } from "./history.ts";
export { emptySectors, imageSectors, type Sectors } from "./sectors.ts";
export { type DiskOptions, diskOn, type SimulatedDisk, simulatedDisk } from "./simulated-disk.ts";
export { FatError, type FatErrorCode } from "./fat/error.ts";
export { formatFat, type FormatOptions } from "./fat/format.ts";
export { type FatReader, type ListedFile, readFat } from "./fat/reader.ts";
export { type FatVolume, mountFat, type MountOptions } from "./fat/volume.ts";
