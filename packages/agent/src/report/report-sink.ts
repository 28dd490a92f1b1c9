/** Where reports go: a port, so that a fleet's server can take the place of a file. */
import { open, rename } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";
import { AgentError } from "../errors.ts";
import { encodeReport, type Report } from "./report.ts";

export interface ReportSink {
  /** For people: where it goes. */
  readonly name: string;
  /**
   * Hands a report over, without secrets and within its bound. Done again with the same report it does no harm.
   * @throws AgentError `WRITE_FAILED`, or what else keeps a sink from taking it
   */
  readonly deliver: (report: Report, signal?: AbortSignal) => Promise<void>;
}

/** For its owner alone: what failed here, and why, is not everybody's. */
const MODE = 0o600;

/** A file that has the last report, whole: written beside its name, and renamed. */
export const fileSink = (file: string): ReportSink => ({
  name: file,
  deliver: async (report) => {
    const unfinished = path.join(path.dirname(file), `.${path.basename(file)}.new`);
    try {
      {
        await using handle = await open(unfinished, "w", MODE);
        await handle.writeFile(encodeReport(report));
        await handle.sync();
      }
      await rename(unfinished, file);
    } catch (cause) {
      throw new AgentError(
        "WRITE_FAILED",
        `the report cannot be written to ${file}: ${errnoOf(cause) ?? String(cause)}`,
        { cause, hint: "name a file in a directory that is there and can be written to" },
      );
    }
  },
});
