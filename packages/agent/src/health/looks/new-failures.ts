/** Units that fail on this release and did not on the one before. */
import type { Exec } from "@slipway/host";
import type { Seen } from "../trial.ts";
import { failedUnits, namesOf, showUnits } from "./units.ts";

/** They fail with the network, which has a check of its own. */
const WAITS_FOR_THE_NETWORK = /^(?:systemd-networkd|NetworkManager)-wait-online(?:@.*)?\.service$/;

/**
 * Those that a release is to answer for. Not what somebody made while the system runs (systemd-run, a container's own health check), not what a
 * timer starts (it asks the world for something more often than not), not one of the many that a socket starts, one for each connection.
 */
const ofTheRelease = async (
  exec: Exec,
  units: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> => {
  if (units.length === 0) return [];
  const shown = await showUnits(exec, units, { properties: ["Transient", "TriggeredBy"], signal });
  return units.filter((unit, index) => {
    const triggers = shown[index]?.get("TriggeredBy")?.split(" ") ?? [];
    const isBy = (kind: string): boolean => triggers.some((trigger) => trigger.endsWith(kind));
    return !(
      shown[index]?.get("Transient") === "yes" ||
      isBy(".timer") ||
      (unit.includes("@") && isBy(".socket")) ||
      WAITS_FOR_THE_NETWORK.test(unit)
    );
  });
};

export interface FailedBefore {
  /** Of the release before. */
  readonly version: string;
  readonly failedUnits: readonly string[];
}

/** On a node that has no release to go back to, failed units are told and no more. */
export const lookAtNewFailures =
  (exec: Exec, before: FailedBefore | undefined) =>
  async (signal: AbortSignal): Promise<Seen> => {
    const failed = await failedUnits(exec, signal);
    if (failed.length === 0) return { passed: true, seen: "no unit has failed" };
    if (before === undefined)
      return {
        passed: true,
        seen: `failed, with no release before to compare with: ${namesOf(failed)}`,
      };
    const known = new Set(before.failedUnits);
    const answerable = await ofTheRelease(
      exec,
      failed.filter((unit) => !known.has(unit)),
      signal,
    );
    return answerable.length === 0
      ? { passed: true, seen: `failed, and not by this release: ${namesOf(failed)}` }
      : { passed: false, seen: `failed, and not on ${before.version}: ${namesOf(answerable)}` };
  };
