/** What of a node's facts the machine goes by. */
import { type EntryName, isBad } from "../esp/entry-name.ts";
import type { HostFacts, InactiveSlot } from "../node/facts.ts";
import type { EntryStanding, Observed } from "./observed.ts";

const standingOf = (name: EntryName): EntryStanding => {
  if (name.state.kind === "good") return "good";
  return isBad(name) ? "bad" : "counting";
};

/** The last legitimate try is `+0` too: as long as the loader's count of this boot stands, it is probation. */
const bootedStanding = ({
  booted,
  counted,
}: Pick<HostFacts, "booted" | "counted">): Observed["booted"]["standing"] => {
  if (booted.entry === undefined) return "unproven";
  return counted ? "counting" : standingOf(booted.entry.name);
};

const otherOf = ({ release, entry, staged }: InactiveSlot): Observed["other"] => {
  if (release === undefined) return { release: undefined, standing: undefined };
  const { version, roothash } = release;
  const known = { release: { version, roothash } };
  if (entry?.roothash === roothash) return { ...known, standing: standingOf(entry.name) };
  return { ...known, standing: staged?.roothash === roothash ? "staged" : undefined };
};

export const observedOf = (
  facts: Pick<HostFacts, "bootId" | "booted" | "counted" | "degraded" | "inactive">,
): Observed => {
  const { version, roothash, slot } = facts.booted;
  return {
    bootId: facts.bootId,
    booted: { version, roothash, slot, standing: bootedStanding(facts) },
    degraded: facts.degraded,
    other: otherOf(facts.inactive),
  };
};
