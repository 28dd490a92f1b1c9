/** The message that a line of the ledger is. Pure. */
import { because } from "../errors.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { Message } from "./messages.ts";

const reasonOf = (reason: string | undefined): Pick<Message, "reason"> =>
  reason === undefined ? {} : { reason };

export const ledgerMessage = (entry: LedgerEntry): Message => {
  switch (entry.kind) {
    case "installed":
      return {
        kind: entry.kind,
        text: `this node runs ${entry.release.version}`,
        ...entry.release,
      };
    case "staged":
      return {
        kind: entry.kind,
        text: `release ${entry.release.version} is staged`,
        ...entry.release,
      };
    case "dropped":
      return {
        kind: entry.kind,
        text: `release ${entry.release.version} is dropped: ${entry.reason}`,
        ...entry.release,
        reason: entry.reason,
      };
    case "finalized":
      return {
        kind: entry.kind,
        text: `release ${entry.release.version} is about to be booted, after ${entry.from.version}`,
        ...entry.release,
      };
    case "good":
      return {
        kind: entry.kind,
        text: `release ${entry.release.version} is good`,
        ...entry.release,
      };
    case "failed":
      return {
        kind: entry.kind,
        text: `release ${entry.release.version} failed, and is forbidden from now on: ${entry.reason}`,
        ...entry.release,
        reason: entry.reason,
      };
    case "rolled-back":
      return {
        kind: entry.kind,
        text: `rolled back from release ${entry.release.version} to ${entry.target.version}: ${entry.reason}`,
        ...entry.release,
        reason: entry.reason,
      };
    case "switched":
      return {
        kind: entry.kind,
        text: `somebody started release ${entry.release.version} in place of ${entry.from.version}`,
        ...entry.release,
      };
    case "hooks-skipped":
      return {
        kind: entry.kind,
        text: `the hooks before release ${entry.release.version} is ${entry.aheadOf === "stage" ? "staged" : "booted"} were skipped by hand`,
        ...entry.release,
      };
    case "hooks-failed":
      return {
        kind: entry.kind,
        text: `hooks failed on release ${entry.release.version}: ${entry.reason}`,
        ...entry.release,
        reason: entry.reason,
      };
    case "forgiven":
      return {
        kind: entry.kind,
        text: `release ${entry.release.version} may be tried again`,
        ...entry.release,
      };
    case "pinned":
      return {
        kind: entry.kind,
        text: `this node is pinned to release ${entry.version}${because(entry.reason)}`,
        version: entry.version,
        ...reasonOf(entry.reason),
      };
    case "unpinned":
      return { kind: entry.kind, text: "this node is no longer pinned" };
    case "paused":
      return {
        kind: entry.kind,
        text: `updates are paused${because(entry.reason)}`,
        ...reasonOf(entry.reason),
      };
    case "resumed":
      return { kind: entry.kind, text: "updates go on" };
  }
};
