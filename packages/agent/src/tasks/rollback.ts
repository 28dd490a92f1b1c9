/**
 * Steps on boot entries alone: back to the other slot's release, or away from it.
 *
 * Power cuts: the ledger forbids the release that is left before this begins (the engine's `record`). Then the other slot's entry is armed, and only when
 * that is durable the booted one is marked bad: at every moment one of the two is an entry that the loader takes and whose slot is whole. A cut in between
 * boots the release that was to be left, and the machine goes on from there.
 */
import type { ReleaseRef } from "../machine/release.ts";
import { writeBlocker } from "../machine/guards.ts";
import { observedOf } from "../machine/observe.ts";
import { type EspOptions, markBad, rearm, removeEntry } from "../esp/steps.ts";
import type { HostFacts } from "../node/facts.ts";
import type { TaskContext } from "./context.ts";
import { entryOf } from "./entry-of.ts";
import { etcLeftBehind } from "./etc-left-behind.ts";
import { TaskError, taskError } from "./outcome.ts";

export interface Rollback {
  readonly target: ReleaseRef;
  readonly from: ReleaseRef;
}

/** Done again, it does nothing. @throws TaskError, EspError, NodeError */
export const rollBack = async (context: TaskContext, { target, from }: Rollback): Promise<void> => {
  const { facts } = await context.look();
  // The second time the booted entry is bad already.
  requireWritable(facts, { evenBad: true });
  if (facts.booted.roothash !== from.roothash)
    throw taskError(
      "NOT_STAGED",
      `release ${from.version} is to be left, and ${facts.booted.version} runs`,
      "see `slipway-agent status`",
    );
  requireInOther(facts, target);
  await context.remember(facts.booted);
  await rearm(espOf(context), entryOf(facts, target));
  await markBad(espOf(context), entryOf(facts, from));
  tellLeftBehind(context, { target, from });
};

/** For the journal, after all is done: whoever rolls back wants the node to go, and not to wait for a list. */
const tellLeftBehind = (
  { places, log }: Pick<TaskContext, "places" | "log">,
  { target, from }: Rollback,
): void => {
  try {
    const left = etcLeftBehind(places, { from: from.roothash, to: target.roothash });
    for (const file of left) log(`${file} as it was edited stays with ${from.version}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log(`what stays with ${from.version} of /etc cannot be told: ${why}`);
  }
};

/** Takes the staged UKI from the ESP; the slot stays as it is, and nothing leads to it. @throws TaskError, EspError, NodeError */
export const discard = async (context: TaskContext, release: ReleaseRef): Promise<void> => {
  const { facts } = await context.look();
  requireWritable(facts);
  requireNotBooted(facts, release);
  await removeEntry(espOf(context), entryOf(facts, release));
};

const espOf = ({ files, places }: TaskContext): EspOptions => ({
  files,
  directory: places.entries,
});

const requireWritable = (
  facts: HostFacts,
  { evenBad = false }: { readonly evenBad?: boolean } = {},
): void => {
  const blocker = writeBlocker(observedOf(facts));
  if (blocker === undefined || (evenBad && blocker.code === "BOOTED_IS_BAD")) return;
  throw new TaskError(blocker);
};

const requireNotBooted = ({ booted }: HostFacts, { version, roothash }: ReleaseRef): void => {
  if (booted.roothash !== roothash) return;
  throw new TaskError({
    code: "ALREADY_BOOTED",
    message: `release ${version} is what this node runs`,
  });
};

/** Whole: both superblocks, and an entry that names them. */
const requireInOther = ({ inactive }: HostFacts, { version, roothash }: ReleaseRef): void => {
  if (inactive.release?.roothash === roothash) return;
  throw new TaskError({
    code: "NOTHING_TO_ROLL_BACK_TO",
    message:
      inactive.release === undefined
        ? `slot ${inactive.slot} holds no whole release, and not ${version}`
        : `slot ${inactive.slot} holds ${inactive.release.version}, and not ${version}`,
    hint: "see `slipway-agent status` for what a rollback reaches",
  });
};
