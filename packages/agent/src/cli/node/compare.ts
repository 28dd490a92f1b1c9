/** The two slots side by side, by what was kept of their releases. */
import { linuxFiles } from "@slipway/host";
import type { ReleaseManifest } from "@slipway/release";
import { AgentError } from "../../errors.ts";
import type { Observed } from "../../machine/observed.ts";
import type { ReleaseRef } from "../../machine/release.ts";
import { plannedRelease } from "../../plan/update-plan.ts";
import { keptReleases } from "../../tasks/kept-releases.ts";
import type { ReleaseDiff, ReleaseFacts } from "../agent.ts";
import { inState } from "./places.ts";

const factsOf = (release: ReleaseRef, manifest: ReleaseManifest | undefined): ReleaseFacts => ({
  ...plannedRelease(release, manifest),
  ...(manifest === undefined ? {} : { rootBytes: manifest.root.size, ukiBytes: manifest.uki.size }),
});

/** @throws AgentError `NOT_KNOWN` */
export const compareSlots = async ({ booted, other }: Observed): Promise<ReleaseDiff> => {
  if (other.release === undefined)
    throw new AgentError("NOT_KNOWN", "the other slot holds no release to compare with", {
      hint: "`slipway-agent check` says what is offered",
    });
  const kept = keptReleases(linuxFiles, inState("releases"));
  return {
    booted: factsOf(booted, await kept.manifest(booted.roothash)),
    other: factsOf(other.release, await kept.manifest(other.release.roothash)),
    standing: other.standing === "staged" ? "staged" : "kept",
  };
};
