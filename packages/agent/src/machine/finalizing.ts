/** finalizing: the staged release gets its name, and the node restarts into it. */
import { onFailure } from "./back-to-staged.ts";
import { beforeFinalizing } from "./before-finalizing.ts";
import { isSame, type ReleaseRef } from "./release.ts";
import { takeBlocker } from "./guards.ts";
import type { Situation } from "./situation.ts";
import type { Finalizing } from "./state.ts";
import { go, type Handlers, type Stepped, told } from "./stepped.ts";
import { isDue, REBOOT_RETRY } from "./time.ts";

const refOf = ({ version, roothash }: ReleaseRef): ReleaseRef => ({ version, roothash });

const restart = (state: Finalizing, situation: Situation): Stepped =>
  go(
    { ...state, phase: "rebooting", retryAtMs: situation.nowMs + REBOOT_RETRY },
    { kind: "reboot", reason: `release ${state.release.version} is to be booted` },
  );

/**
 * The ledger knows of it before the entry has its name: whatever boots next, it is known what was tried. The name is the last thing that is written,
 * so that before it the earlier release boots, with everything as it was.
 */
const activate = (state: Finalizing, situation: Situation): Stepped => {
  const blocker = takeBlocker(state.release, true, situation);
  if (blocker !== undefined) return onFailure(state, { failure: blocker }, situation);
  return go(
    { ...state, phase: "activating" },
    {
      kind: "record",
      entry: {
        kind: "finalized",
        release: refOf(state.release),
        from: refOf(situation.observed.booted),
      },
    },
    { kind: "finalize", release: state.release },
  );
};

export const finalizing: Handlers<Finalizing> = {
  ...beforeFinalizing,
  tick: (state, _, situation) =>
    state.phase === "rebooting" && isDue(state.retryAtMs, situation)
      ? restart(state, situation)
      : go(state),
  "preflight-passed": (state, { release }, situation) =>
    state.phase === "preflight" && isSame(release, state.release)
      ? activate(state, situation)
      : go(state),
  "preflight-refused": onFailure,
  "finalize-failed": onFailure,
  "finalize-done": (state, { release }, situation) =>
    state.phase === "activating" && isSame(release, state.release)
      ? restart(state, situation)
      : go(state),
  "reboot-failed": (state, { failure }) => told(go(state), state.byHand, failure),
};
