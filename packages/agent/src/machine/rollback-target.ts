/** Which release a rollback would reach, at any time, before anybody needs it. */
import type { Failure } from "../errors.ts";
import type { Observed } from "./observed.ts";
import type { ReleaseRef } from "./release.ts";
import type { LedgerView } from "../ledger/view.ts";

export type RollbackTarget =
  | {
      readonly kind: "release";
      readonly release: ReleaseRef;
      /** Below what this node has blessed: only with `--accept-epoch` of this number or less. */
      readonly acceptEpoch?: number;
    }
  /** The hint of `why` says how to get one. */
  | { readonly kind: "none"; readonly why: Failure };

const none = (message: string, hint: string): RollbackTarget => ({
  kind: "none",
  why: { code: "NOTHING_TO_ROLL_BACK_TO", message, hint },
});

/** @param observed the other slot decides, whatever state the machine is in: as long as what is in it is whole, it can be booted. */
export const rollbackTarget = (
  { booted, other }: Observed,
  ledger: Pick<LedgerView, "forbidden" | "floor" | "epochs" | "unfinished">,
): RollbackTarget => {
  const { release, standing } = other;
  if (release === undefined || standing === undefined)
    return none(
      `the other slot holds no release that could be booted`,
      `after the next update a rollback reaches ${booted.version}; \`stage: at-window\` keeps the other slot until an update begins`,
    );
  if (standing === "staged")
    return none(
      `${release.version} is staged over what was in the other slot`,
      `\`slipway-agent update\` finalizes it, and a rollback from there reaches ${booted.version}; \`stage: at-window\` keeps the other slot until an update begins`,
    );
  if (standing === "counting" && ledger.unfinished?.kind !== "rollback")
    return none(
      `${release.version} in the other slot is about to be tried for the first time`,
      `let the node reboot into it; a rollback from there reaches ${booted.version}`,
    );
  const forbidden = ledger.forbidden.get(release.roothash);
  if (forbidden !== undefined)
    return none(
      `${release.version} in the other slot is forbidden: ${forbidden.reason}`,
      `\`slipway-agent forgive ${release.version}\` if it is to run nevertheless, then roll back`,
    );
  // Of a release that this node never staged nobody knows the epoch: it may be one.
  const epoch = ledger.epochs.get(release.roothash) ?? 0;
  return {
    kind: "release",
    release,
    ...(epoch < ledger.floor ? { acceptEpoch: epoch } : {}),
  };
};
