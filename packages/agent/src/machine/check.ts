/** Asking the repository, in whatever state that is done. */
import type { CheckRequest, Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import type { Situation } from "./situation.ts";

type UpdateAsked = Extract<Event, { readonly kind: "update-asked" }>;

/** A pinned node looks for what it is pinned to. */
const pinnedTo = (version: string | undefined): Pick<CheckRequest, "only"> =>
  version === undefined ? {} : { only: version };

const check = (request: CheckRequest): Effect => ({ kind: "check", request });

export const checkByItself = ({ ledger }: Situation): Effect =>
  check({ ...pinnedTo(ledger.pin?.version), take: "by-itself" });

/** To show what there is, where nothing can be taken. */
export const checkOnly = ({ ledger }: Situation): Effect =>
  check({ ...pinnedTo(ledger.pin?.version), take: "not" });

/** Of a version that is not the pinned one the answer is the guard's, which knows the pin's reason. */
export const checkByHand = ({ to, from, skipHooks }: UpdateAsked, { ledger }: Situation): Effect =>
  check({
    ...pinnedTo(to ?? ledger.pin?.version),
    ...(from === undefined ? {} : { from }),
    ...(skipHooks === undefined ? {} : { skipHooks }),
    take: "by-hand",
  });

/** Whether `update` means this very release, which need not be looked for. */
export const meansThis = (
  { to, from }: UpdateAsked,
  { version }: { readonly version: string },
): boolean => from === undefined && (to === undefined || to === version);
