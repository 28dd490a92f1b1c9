/** Whether this boot is one to decide about. Pure. */
import { isBad } from "../esp/entry-name.ts";
import type { EspEntry, HostFacts } from "../node/facts.ts";

/** What of the node's facts a verdict goes by. */
export type ProbationFacts = Pick<
  HostFacts,
  "bootId" | "booted" | "counted" | "degraded" | "inactive"
>;

export type Standing =
  /** The loader counted this boot of this release, and nobody has decided about it. */
  | {
      readonly kind: "probation";
      readonly entry: EspEntry;
      /** Another entry that the loader would take instead. */
      readonly hasOther: boolean;
    }
  /** Nothing tells that the loader started what runs: after kexec, a soft reboot, another loader. */
  | { readonly kind: "unproven"; readonly reason: string }
  /** It was blessed or found bad before. */
  | { readonly kind: "decided"; readonly reason: string };

export const standingOf = ({ booted, counted, inactive }: ProbationFacts): Standing => {
  const { entry, unproven } = booted;
  if (entry === undefined)
    return {
      kind: "unproven",
      reason: unproven ?? "the loader does not say which entry it started",
    };
  if (!counted)
    return { kind: "decided", reason: `${entry.file} is not on probation in this boot` };
  const other = inactive.entry;
  return { kind: "probation", entry, hasOther: other !== undefined && !isBad(other.name) };
};
