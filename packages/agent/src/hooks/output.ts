/** What a hook writes: so much of it goes into the journal, and its last line is its reason. */
import { plainLine } from "../ledger/plain-text.ts";

/** Of one run of one hook. */
const MOST_LINES = 1000;
const MOST_BYTES: number = 256 * 1024;
const MOST_LINE = 1000;

export interface HookOutput {
  readonly take: (line: string) => void;
  /** Says how much was left out, if anything was; answers the last line that is not empty. */
  readonly end: () => string | undefined;
}

/** A hook that writes without an end fills neither the journal nor memory. */
export const boundedOutput = (log: (line: string) => void): HookOutput => {
  let [lines, bytes, leftOut]: [number, number, number] = [0, 0, 0];
  let last: string | undefined;
  return {
    take: (raw) => {
      if (raw.trim() === "") return;
      last = raw;
      if (lines >= MOST_LINES || bytes >= MOST_BYTES) {
        leftOut += 1;
        return;
      }
      const line = plainLine(raw, MOST_LINE);
      lines += 1;
      bytes += line.length;
      log(line);
    },
    end: () => {
      if (leftOut > 0) log(`${leftOut} more lines are left out`);
      return last === undefined ? undefined : plainLine(last, MOST_LINE);
    },
  };
};
