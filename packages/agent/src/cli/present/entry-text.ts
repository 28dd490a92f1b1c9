/** A line of the ledger as a sentence. Pure. */
import { printableLine } from "@slipway/host/command-line";
import type { LedgerEntry } from "../../ledger/entry.ts";
import type { ReleaseRef } from "../../machine/release.ts";

const named = ({ version, roothash }: ReleaseRef): string => `${version} (${roothash.slice(0, 8)})`;

export const because = (reason: string | undefined): string =>
  reason === undefined || reason === "" ? "" : `: ${printableLine(reason)}`;

export const entryText = (entry: LedgerEntry): string => {
  switch (entry.kind) {
    case "installed":
      return `${named(entry.release)} was installed`;
    case "staged":
      return `${named(entry.release)} staged`;
    case "dropped":
      return `${named(entry.release)} dropped before it was tried${because(entry.reason)}`;
    case "finalized":
      return `${named(entry.release)} finalized, from ${named(entry.from)}`;
    case "good":
      return `${named(entry.release)} is good`;
    case "failed":
      return `${named(entry.release)} failed, and is forbidden${because(entry.reason)}`;
    case "rolled-back":
      return `rolled back from ${named(entry.release)}, which is forbidden, to ${named(entry.target)}, which is pinned${because(entry.reason)}`;
    case "switched":
      return `${named(entry.release)} was chosen at the boot loader, from ${named(entry.from)}`;
    case "hooks-skipped":
      return `hooks before ${named(entry.release)} ${entry.aheadOf === "stage" ? "was fetched" : "was finalized"} were passed over by hand`;
    case "hooks-failed":
      return `hooks failed on ${named(entry.release)}, which changed nothing${because(entry.reason)}`;
    case "forgiven":
      return `${named(entry.release)} forgiven: it may be tried again`;
    case "pinned":
      return `pinned to ${printableLine(entry.version)}${because(entry.reason)}`;
    case "unpinned":
      return "unpinned";
    case "paused":
      return `updates paused${because(entry.reason)}`;
    case "resumed":
      return "updates resumed";
  }
};
