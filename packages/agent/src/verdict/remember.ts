/** Keeping how the node is on a good release, for the verdict on the next one. */
import type { Clock, Exec, Files } from "@slipway/host";
import { BASELINE, encodeBaseline, readBaseline } from "../health/baseline.ts";
import { readReach } from "../health/looks/reach.ts";
import { failedUnits } from "../health/looks/units.ts";
import type { Places } from "../health/ports.ts";
import type { ReleaseRef } from "../machine/release.ts";
import { keepText } from "./kept-verdict.ts";

const PATIENCE_MS = 10_000;

export interface RememberPorts {
  readonly exec: Exec;
  readonly places: Places;
  readonly files: Files;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Units that failed on this release at one time and came up again later stay in it: whether they fail in a boot is luck. What the network reaches is as
 * it is now. Power cuts: the file is the old one or the new one; both are of a release that was good. @throws HostError, and what cannot be asked of systemd
 */
export const remember = async (
  { exec, places, files, clock }: RememberPorts,
  { version, roothash }: ReleaseRef,
): Promise<void> => {
  const kept = await readBaseline(places);
  const before = kept?.roothash === roothash ? kept.failedUnits : [];
  const failed = await failedUnits(exec, AbortSignal.timeout(PATIENCE_MS));
  await keepText(
    files,
    BASELINE,
    encodeBaseline({
      version,
      roothash,
      at: Math.max(0, Math.floor(clock.now().getTime() / 1000)),
      reach: await readReach(places),
      failedUnits: [...new Set([...before, ...failed])].sort(),
    }),
  );
};
