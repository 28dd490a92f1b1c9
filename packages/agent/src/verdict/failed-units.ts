/** What the units that failed had to say. */
import type { Exec } from "@slipway/host";
import { boundLine, type FailedUnit, lastLines, MAX_LINES } from "@slipway/release";
import { failedUnits } from "../health/looks/units.ts";

/** The first ones are the cause more often than not, and nobody reads more. */
const MOST_UNITS = 8;

const PATIENCE_MS = 10_000;

const journalOf = async (exec: Exec, unit: string): Promise<FailedUnit> => {
  try {
    const { stdout } = await exec.run({
      argv: [
        ...["journalctl", "--boot", "--no-pager", "--quiet", "--output=cat"],
        ...[`--lines=${MAX_LINES}`, `--unit=${unit}`],
      ],
      purpose: `reading the journal of ${unit}`,
      timeoutMs: PATIENCE_MS,
    } as const);
    return { unit: boundLine(unit), journal: lastLines(stdout) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { unit: boundLine(unit), journal: lastLines(reason, 1) };
  }
};

/** Evidence, not a decision: where systemd does not answer, there is none. */
export const gatherFailedUnits = async (exec: Exec): Promise<readonly FailedUnit[]> => {
  let units: readonly string[];
  try {
    units = await failedUnits(exec, AbortSignal.timeout(PATIENCE_MS));
  } catch {
    return [];
  }
  const gathered: FailedUnit[] = [];
  for (const unit of units.slice(0, MOST_UNITS)) gathered.push(await journalOf(exec, unit));
  return gathered;
};
