/** Of a node's configuration, what the machine goes by. Pure. */
import type { Settings } from "../machine/situation.ts";
import { type Config, isUsable } from "./config.ts";

/**
 * While a file has an error, nothing is taken but by hand: what was meant by it is not known.
 * @param nodeId by which nodes with the same windows do not all restart at the moment when one opens
 */
export const machineSettings = (
  config: Config,
  nodeId: string | undefined,
): Omit<Settings, "probationSeconds"> => {
  const { pollSeconds, strategy, stage, timeZone, windows, blackouts } = config.settings;
  const { lockServer: address, lockGroup: group } = config.settings;
  const { sessionPostponeMinutes, sessionPostponeTimes } = config.settings;
  const rest = {
    pollSeconds,
    schedule: { timeZone, windows, blackouts, ...(nodeId === undefined ? {} : { nodeId }) },
    ...(address === undefined ? {} : { lockServer: { address, group } }),
    sessions: { postponeMinutes: sessionPostponeMinutes, postponeTimes: sessionPostponeTimes },
  };
  return isUsable(config)
    ? { ...rest, strategy, stage }
    : { ...rest, strategy: "manual", stage: "at-window" };
};
