/** rolling-back: by an operator's order the other slot's release becomes the next one, and the node restarts into it. */
import type { Failure } from "../errors.ts";
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import { writeBlocker } from "./guards.ts";
import { rollbackTarget } from "./rollback-target.ts";
import type { ReleaseRef } from "./release.ts";
import type { Situation } from "./situation.ts";
import type { RollingBack, State } from "./state.ts";
import { go, type Handlers, refuse, type Stepped } from "./stepped.ts";
import { isDue, REBOOT_RETRY, retryAt } from "./time.ts";

type RollbackAsked = Extract<Event, { readonly kind: "rollback-asked" }>;

const refOf = ({ version, roothash }: ReleaseRef): ReleaseRef => ({ version, roothash });

/** Where the booted release is bad the other one can only be better: an operator may ask for it. */
const blockerOf = ({ observed }: Situation): Failure | undefined => {
  const blocker = writeBlocker(observed);
  return blocker?.code === "BOOTED_IS_BAD" ? undefined : blocker;
};

const targetOf = (
  { to, acceptEpoch }: RollbackAsked,
  { observed, ledger }: Situation,
): ReleaseRef | Failure => {
  const target = rollbackTarget(observed, ledger);
  if (target.kind === "none") return target.why;
  const { version } = target.release;
  if (to !== undefined && to !== version)
    return {
      code: "NOT_KNOWN",
      message: `the other slot holds ${version}, not ${to}`,
      hint: `\`slipway-agent rollback\` leads to ${version}; to get ${to}, publish it anew under a newer version`,
    };
  if (target.acceptEpoch !== undefined && (acceptEpoch ?? Infinity) > target.acceptEpoch)
    return {
      code: "BELOW_FLOOR",
      message: `${version} has security epoch ${target.acceptEpoch}, and this node has blessed ${ledger.floor}: it has holes that are known`,
      hint: `add \`--accept-epoch ${target.acceptEpoch}\` if it must be`,
    };
  return target.release;
};

/**
 * Ledger first: from that line on the release that is left is forbidden and the node pinned, whatever happens to the rest; a rollback that was cut is gone
 * on with. Then the target's entry is armed, and only then the booted one marked bad: at no time is there none to boot.
 */
export const askRollback = (state: State, event: RollbackAsked, situation: Situation): Stepped => {
  const blocker = blockerOf(situation);
  if (blocker !== undefined) return refuse(state, blocker);
  const answer = targetOf(event, situation);
  if (!("roothash" in answer)) return refuse(state, answer);
  const [target, from] = [refOf(answer), refOf(situation.observed.booted)];
  return go(
    {
      kind: "rolling-back",
      target,
      from,
      phase: "renaming",
      bootId: situation.observed.bootId,
      attempts: 1,
      retryAtMs: retryAt(situation, 1),
    },
    { kind: "record", entry: { kind: "rolled-back", release: from, target, reason: event.reason } },
    { kind: "rollback", target, from },
  );
};

const restart = (state: RollingBack, situation: Situation): Stepped =>
  go(
    { ...state, phase: "rebooting", retryAtMs: situation.nowMs + REBOOT_RETRY },
    { kind: "reboot", reason: `rolling back to ${state.target.version}` },
  );

/**
 * The names are what counts, and they are durable by now: hooks have a short time to end what they must, and no say. Whoever rolls back has a node that is
 * broken, and with it perhaps what a hook needs.
 */
const askHooks = ({ target }: RollingBack): Effect => ({
  kind: "hooks",
  point: "pre-reboot",
  release: target,
  reason: "rollback",
  byHand: true,
});

const rename = (state: RollingBack, situation: Situation): Stepped => {
  const attempts = state.attempts + 1;
  return go(
    { ...state, attempts, retryAtMs: retryAt(situation, attempts) },
    { kind: "rollback", target: state.target, from: state.from },
  );
};

export const rollingBack: Handlers<RollingBack> = {
  tick: (state, _, situation) => {
    if (!isDue(state.retryAtMs, situation) || blockerOf(situation) !== undefined) return go(state);
    return state.phase === "renaming" ? rename(state, situation) : restart(state, situation);
  },
  "rollback-done": (state, _, situation) => {
    const { state: next, effects } = restart(state, situation);
    return go(next, askHooks(state), ...effects);
  },
  "rollback-failed": (state, { failure }) => ({
    state: { ...state, failure },
    effects: [],
    refusal: failure,
  }),
  "reboot-failed": (state, { failure }) => ({
    state: { ...state, failure },
    effects: [],
    refusal: failure,
  }),
};
