/**
 * What an operator orders is a line in the ledger and needs no other place: it is durable in one step, its order among the rest is known, and it can be
 * given while a release is being fetched. The machine looks at it before each of its steps.
 */
import { AgentError } from "../errors.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LedgerView } from "../ledger/view.ts";
import type { ReleaseRef } from "../machine/release.ts";

const withReason = (reason: string | undefined): { readonly reason?: string } =>
  reason === undefined ? {} : { reason };

/** From now on only this version is taken; without one, the version that runs. */
export const pin = (
  booted: ReleaseRef,
  { version = booted.version, reason }: { readonly version?: string; readonly reason?: string },
): LedgerEntry => ({ kind: "pinned", version, ...withReason(reason) });

export const unpin = (): LedgerEntry => ({ kind: "unpinned" });

/** From now on nothing is taken that nobody asks for by hand. */
export const pause = (reason: string | undefined): LedgerEntry => ({
  kind: "paused",
  ...withReason(reason),
});

export const resume = (): LedgerEntry => ({ kind: "resumed" });

/**
 * Takes releases off the list of those that are never tried again: by version, by root hash or the first 8 digits of it, or all.
 * @throws AgentError NOT_KNOWN where none of that name is forbidden.
 */
export const forgive = (
  { forbidden }: Pick<LedgerView, "forbidden">,
  which: { readonly name: string } | "all",
): readonly LedgerEntry[] => {
  const meant = [...forbidden.values()].filter(
    ({ release: { version, roothash } }) =>
      which === "all" ||
      version === which.name ||
      (/^[0-9a-f]{8,64}$/.test(which.name) && roothash.startsWith(which.name)),
  );
  if (meant.length === 0 && which !== "all")
    throw new AgentError("NOT_KNOWN", `no release ${which.name} is forbidden on this node`, {
      hint: "see `slipway-agent status` for those that are",
    });
  return meant.map(({ release }) => ({ kind: "forgiven", release }));
};
