/** Fakes of the ports, for tests of whatever stands on them. */
export * from "./disk/index.ts";
export { type Counted, type CountingRelay, countingRelay } from "./counting-relay.ts";
export { THOROUGH } from "./thorough.ts";
export { openRelay, type Relay, type RelayEars } from "./relay.ts";
export { type CrashingDirectory, crashingDirectory, type Listing } from "./crashing-directory.ts";
export { fatFiles, type FatFilesOptions } from "./fat-files.ts";
export { hastyClock, type ManualClock, manualClock } from "./manual-clock.ts";
export { type ScriptedAnswer, type ScriptedExec, scriptedExec } from "./scripted-exec.ts";
export { type CachedDisk, type PageCache, pageCacheOn } from "./page-cache.ts";
export { type DiskPart, simulatedDevice } from "./simulated-device.ts";
export { simulatedFiles, type SimulatedFilesOptions } from "./simulated-files.ts";
