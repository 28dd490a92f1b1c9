/** Lines for a ledger, drawn and plain. */
import * as fc from "fast-check";
import type { LedgerEntry } from "../../src/ledger/entry.ts";
import type { ReleaseRef } from "../../src/machine/release.ts";

/** A release by a number; its version tells it. */
export const releaseNumber = (number: number): ReleaseRef => ({
  version: String(number),
  roothash: number.toString(16).padStart(8, "0").repeat(8),
});

const release = fc.integer({ min: 1, max: 12 }).map(releaseNumber);
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constant("line one\nline \u001b[31mtwo"),
);
const epoch = fc.integer({ min: 0, max: 5 });
const optional = <T>(name: string, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc
    .option(value, { nil: undefined })
    .map((given) => (given === undefined ? {} : { [name]: given }));

/** Any line that the agent could write. */
export const anEntry: fc.Arbitrary<LedgerEntry> = fc.oneof(
  fc.record({ kind: fc.constant("installed" as const), release }),
  fc.record({ kind: fc.constant("staged" as const), release, securityEpoch: epoch }),
  fc.record({ kind: fc.constant("dropped" as const), release, reason: text }),
  fc.record({ kind: fc.constant("finalized" as const), release, from: release }),
  fc
    .tuple(release, optional("securityEpoch", epoch))
    .map(([which, more]): LedgerEntry => ({ kind: "good", release: which, ...more })),
  fc.record({
    kind: fc.constant("failed" as const),
    release,
    reason: text,
    evidence: fc.record({
      source: fc.constantFrom("verdict" as const, "panic" as const),
      lines: fc.array(text, { maxLength: 50 }),
    }),
  }),
  fc.record({
    kind: fc.constant("rolled-back" as const),
    release,
    target: release,
    reason: text,
  }),
  fc.record({ kind: fc.constant("switched" as const), release, from: release }),
  fc.record({
    kind: fc.constant("hooks-skipped" as const),
    release,
    aheadOf: fc.constantFrom("stage" as const, "finalize" as const),
  }),
  fc.record({ kind: fc.constant("hooks-failed" as const), release, reason: text }),
  fc.record({ kind: fc.constant("forgiven" as const), release }),
  fc.record({ kind: fc.constant("pinned" as const), version: fc.constantFrom("1", "2.1~rc1") }),
  fc.constant<LedgerEntry>({ kind: "unpinned" }),
  optional("reason", text).map((more): LedgerEntry => ({ kind: "paused", ...more })),
  fc.constant<LedgerEntry>({ kind: "resumed" }),
);
