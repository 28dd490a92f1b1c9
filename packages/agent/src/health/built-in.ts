/** What must work on every node, whatever its image and its operator ask for. */
import {
  type ComparingLevels,
  DEFAULT_INTERVAL_SECONDS,
  DEFAULT_TIMEOUT_SECONDS,
  lastLines,
} from "@slipway/release";
import type { Baseline } from "./baseline.ts";
import { lookAtJobs } from "./looks/jobs.ts";
import { lookAtNewFailures } from "./looks/new-failures.ts";
import { lookAtReach } from "./looks/reach.ts";
import { lookAtUnits } from "./looks/units.ts";
import type { HealthPorts, Places } from "./ports.ts";
import type { Seen, Trial } from "./trial.ts";

/** The initrd writes it: the node is up on a temporary /var, and why. */
export const DEGRADED = "/run/slipway/degraded";

const MOST_BYTES = 16 * 1024;

const lookForDegradation = (places: Places) => async (): Promise<Seen> => {
  if ((await places.at(DEGRADED)) === undefined)
    return { passed: true, seen: "the node has its own /var" };
  const lines = lastLines(await places.start(DEGRADED, MOST_BYTES));
  return { passed: false, seen: `the node is degraded: ${lines.join("; ")}` };
};

const PATIENCE = {
  timeoutSeconds: DEFAULT_TIMEOUT_SECONDS,
  intervalSeconds: DEFAULT_INTERVAL_SECONDS,
} as const;

/** A minute, in which whoever watches over a unit may bring it up. */
const FAILURE_PATIENCE = { timeoutSeconds: 10, intervalSeconds: 10, retries: 6 } as const;

/** What depends on the node as well as on the release: compared with how it was, and for image and operator to take less seriously. */
const comparing = (
  { exec, places }: HealthPorts,
  levels: ComparingLevels,
  before: Baseline | undefined,
): readonly Trial[] => [
  {
    name: "slipway/new-failures",
    level: levels.new_failures ?? "required",
    ...FAILURE_PATIENCE,
    look: lookAtNewFailures(exec, before),
  },
  {
    name: "slipway/network",
    level: levels.network ?? "required",
    // Until the deadline: whoever gives addresses may have been restarted, too.
    ...PATIENCE,
    look: lookAtReach(places, before),
  },
];

/**
 * Their names have a slash, which no other check's name may have.
 * @param before how the node was on the release before; nothing where nobody knows
 */
export const builtInTrials = (
  ports: HealthPorts,
  levels: ComparingLevels,
  before: Baseline | undefined,
): readonly Trial[] => [
  {
    name: "slipway/node",
    level: "required",
    // Nothing that could become better in this boot.
    retries: 0,
    ...PATIENCE,
    look: lookForDegradation(ports.places),
  },
  {
    name: "slipway/boot",
    level: "required",
    ...PATIENCE,
    look: lookAtUnits(ports.exec, {
      active: ["multi-user.target", "local-fs.target"],
      none_failed: false,
    }),
  },
  { name: "slipway/jobs", level: "required", ...PATIENCE, look: lookAtJobs(ports.exec) },
  ...comparing(ports, levels, before),
  {
    name: "slipway/failed-units",
    // All of them, for people to see: one of the operator's may have failed for years.
    level: "wanted",
    retries: 2,
    ...PATIENCE,
    look: lookAtUnits(ports.exec, { active: [], none_failed: true }),
  },
];
