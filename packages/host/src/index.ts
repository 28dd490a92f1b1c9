/** Ports to a machine, and their Linux adapters. Fakes are in `@slipway/host/testing`. */
export type { BlockDevice, BlockDevices } from "./block-device.ts";
export type { Clock } from "./clock.ts";
export { type Command, type CommandResult, formatCommand, OUTPUT_LIMIT } from "./command.ts";
export type { DurableDirectory } from "./durable-directory.ts";
export { errnoOf } from "./errno.ts";
export { commandFailed, HostError, type HostErrorCode, type HostErrorDetails } from "./errors.ts";
export type { Exec, RunOptions } from "./exec.ts";
export type { Files, OpenFile } from "./files.ts";
export { linuxBlockDevices } from "./linux/block-devices.ts";
export { linuxClock } from "./linux/clock.ts";
export { linuxDurableDirectory } from "./linux/durable-directory.ts";
export { linuxExec } from "./linux/exec.ts";
export { linuxFiles } from "./linux/files.ts";
