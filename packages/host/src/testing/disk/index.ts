/** A simulated disk, and what a power cut may leave of it. */
export { type CrashState, type Found, type Torn, TORN_PARTS } from "./crash-state.ts";
export { countChoices, crashStates } from "./crash-states.ts";
export type { Content, Epoch, Unsettled } from "./history.ts";
export { emptySectors, imageSectors, type Sectors } from "./sectors.ts";
export { type DiskOptions, diskOn, type SimulatedDisk, simulatedDisk } from "./simulated-disk.ts";
