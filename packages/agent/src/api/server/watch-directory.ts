/** Tells when something in a directory has changed; in vain where the kernel has no more watches to give. */
import { watch } from "node:fs";

/** Until what it returns is called. */
export const watchDirectory = (
  directory: string,
  listener: () => void,
  log: (line: string) => void,
): (() => void) => {
  try {
    const watcher = watch(directory, { persistent: false }, listener);
    watcher.on("error", (error) => log(`${directory} is not watched any more: ${error.message}`));
    return () => watcher.close();
  } catch (error) {
    // Whoever listens hears of changes with the next heartbeat.
    log(`${directory} is not watched: ${error instanceof Error ? error.message : String(error)}`);
    return () => undefined;
  }
};
