/** Fakes of the ports, for tests of whatever stands on them. */
export * from "./disk/index.ts";
export { type CrashingDirectory, crashingDirectory, type Listing } from "./crashing-directory.ts";
export { type ManualClock, manualClock } from "./manual-clock.ts";
export { type ScriptedAnswer, type ScriptedExec, scriptedExec } from "./scripted-exec.ts";
export { type CachedDisk, type PageCache, pageCacheOn } from "./page-cache.ts";
export { type DiskPart, simulatedDevice } from "./simulated-device.ts";
export { simulatedFiles, type SimulatedFilesOptions } from "./simulated-files.ts";
