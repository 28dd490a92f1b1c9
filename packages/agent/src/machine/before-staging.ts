/** What is asked before a release is fetched and written: the hooks of two points, each of which can hold it. */
import type { AskedPoint } from "../hooks/point.ts";
import type { Effect } from "./effect.ts";
import type { ReleaseRef } from "./release.ts";
import type { Fetching } from "./state.ts";

const refOf = ({ version, roothash }: ReleaseRef): ReleaseRef => ({ version, roothash });

const hooksOf = (point: AskedPoint, { release, byHand }: Fetching): Effect => ({
  kind: "hooks",
  point,
  release: refOf(release),
  reason: "update",
  byHand,
});

/** What follows when the hooks of a point have let it go on; nothing: none were asked. */
export const askBeforeStaging = (
  passed: AskedPoint | undefined,
  state: Fetching,
): readonly Effect[] => {
  const { release, from, skipHooks } = state;
  const stage: Effect = { kind: "stage", release, ...(from === undefined ? {} : { from }) };
  if (skipHooks !== undefined)
    return [
      {
        kind: "record",
        entry: { kind: "hooks-skipped", release: refOf(release), aheadOf: "stage" },
      },
      stage,
    ];
  switch (passed) {
    case undefined:
      return [hooksOf("pre-fetch", state)];
    case "pre-fetch":
      return [hooksOf("pre-stage", state)];
    case "pre-stage":
      return [stage];
    case "pre-reboot":
      return [];
  }
};
