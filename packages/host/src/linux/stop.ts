/** The person's wish to stop, and to stop at once. */
import process from "node:process";

/** A terminal that is closed counts too. */
const STOP_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Aborted by the first of these signals; work then ends in good order. The second ends the process as if nobody
 * listened: what was interrupted is swept away by the next start, as after a kill.
 */
export const listenForStop = (signals: readonly NodeJS.Signals[] = STOP_SIGNALS): AbortSignal => {
  const controller = new AbortController();
  for (const name of signals) {
    process.on(name, () => {
      if (!controller.signal.aborted) {
        controller.abort(new Error(`stopped by ${name}`));
        return;
      }
      for (const one of signals) process.removeAllListeners(one);
      process.kill(process.pid, name);
    });
  }
  return controller.signal;
};
