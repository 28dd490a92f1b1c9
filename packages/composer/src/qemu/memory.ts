/** A machine's memory in a file: what makes a copy of one that runs, without its having to boot. QEMU's migration (docs/devel/migration), to a file. */
import type { Clock } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import { migrationOf } from "./control.ts";
import type { Monitor } from "./monitor.ts";

type Execute = Monitor["execute"];

/** Of 1 GiB some hundred MiB are written, in seconds; this is a disk of a machine under load. */
const MOST_MS = 300_000;
const LOOK_MS = 100;

const channelsTo = (file: string) => ({
  channels: [{ "channel-type": "main", addr: { transport: "file", filename: file, offset: 0 } }],
});

/**
 * Writes what is in the memory and the devices of a machine that is stopped (`stop`). Its disks are as the guest has them then, and nobody's until it goes
 * on (`cont`): whoever copies them in between has what belongs to the memory, whether the guest has flushed it or not.
 * @throws ComposerError `MACHINE_FAILED`, `MACHINE_TIMEOUT`
 */
export const saveMemory = async (execute: Execute, clock: Clock, file: string): Promise<void> => {
  // Nobody is in the way of a machine that stands still.
  await execute("migrate-set-parameters", { "max-bandwidth": 0 });
  await execute("migrate", channelsTo(file));
  await migrated(execute, clock, `written to ${file}`);
};

/**
 * Goes on where a machine was when its memory was saved: in one of the same kind that was started for it, on copies of the same disks.
 * @throws ComposerError `MACHINE_FAILED`, `MACHINE_TIMEOUT`
 */
export const loadMemory = async (execute: Execute, clock: Clock, file: string): Promise<void> => {
  await execute("migrate-incoming", channelsTo(file));
  await migrated(execute, clock, `read from ${file}`);
  await execute("cont");
};

const migrated = async (execute: Execute, clock: Clock, what: string): Promise<void> => {
  const deadline = clock.monotonicMs() + MOST_MS;
  for (;;) {
    const { status, reason } = migrationOf(await execute("query-migrate"));
    if (status === "completed") return;
    if (status === "failed" || status === "cancelled")
      throw new ComposerError(
        "MACHINE_FAILED",
        `the machine's memory could not be ${what}: ${reason ?? "QEMU gives no reason"}`,
      );
    if (clock.monotonicMs() > deadline)
      throw new ComposerError(
        "MACHINE_TIMEOUT",
        `the machine's memory was not ${what} within ${MOST_MS / 1000} s`,
      );
    await clock.sleep(LOOK_MS);
  }
};
