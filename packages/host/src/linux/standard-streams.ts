/** Standard output and standard error of this process. */
import process from "node:process";
import { HostError } from "../errors.ts";
import type { Screen, WriteData } from "../screen.ts";

const isBrokenPipe = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "EPIPE";

/** Data. Whoever stops reading has seen enough; a disk that is full has not got it all. */
export const openStandardOutput = (): WriteData => {
  const { stdout } = process;
  // Each write reports its own failure; without a listener the same failure would end the process.
  stdout.on("error", () => undefined);
  return (data) =>
    new Promise((resolve, reject) => {
      stdout.write(data, (cause) => {
        if (cause === undefined || cause === null || isBrokenPipe(cause)) return resolve();
        reject(
          new HostError("OUTPUT_FAILED", "standard output cannot be written to", {
            cause,
            hint: "look at where it is redirected to; what the command made is complete",
          }),
        );
      });
    });
};

const COLUMNS = 80;
const ROWS = 24;

/** People. Nothing can be said to them about not being able to say something. */
export const openStandardError = (): Screen => {
  const { stderr } = process;
  stderr.on("error", () => undefined);
  return {
    isTerminal: stderr.isTTY,
    write: (text) => {
      stderr.write(text);
    },
    size: () => ({ columns: stderr.columns || COLUMNS, rows: stderr.rows || ROWS }),
  };
};
