/** All that somebody who looks after many nodes wants to know of one: what it is, what it runs, what was tried, and why it does not go on. Pure. */
import type { Verdict } from "@slipway/release";
import type { Failure } from "../errors.ts";
import type { LedgerRecord } from "../ledger/entry.ts";
import type { LedgerView } from "../ledger/view.ts";
import type { Observed } from "../machine/observed.ts";
import type { ReleaseRef } from "../machine/release.ts";
import type { StateKind } from "../machine/state.ts";
import { redact, withoutPassword } from "../support/redact.ts";
import type { MachineFacts } from "./machine-facts.ts";

export const REPORT_SCHEMA = 1;

/** Of the document: a fleet of a hundred thousand is some gigabytes. */
export const MAX_REPORT_BYTES: number = 64 * 1024;

/** Lines of the ledger, newest first. */
const MOST_HISTORY = 100;

/** As many as anybody looks at of one node. */
const MOST_FORBIDDEN = 30;
const MOST_CHECKS = 20;

/** What keeps the node from something newer, with what `slipway-agent why` says of it. */
export interface ReportedWhy extends Failure {
  readonly version?: string;
  readonly clearsAt?: number;
  readonly triedAgainAt?: number;
}

/** Moments are seconds since 1970. The names are a contract; new ones may come. */
export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly madeAt: number;
  /** The agent's own version. */
  readonly agent: string;
  readonly node: {
    /** As the repository's rollouts know it; absent on a node without a machine-id. */
    readonly id?: string;
    readonly image: string;
    readonly architecture: string;
    readonly channel: string;
    readonly group?: string;
    readonly strategy: string;
    readonly repository: readonly string[];
  };
  readonly machine: MachineFacts;
  readonly slots: {
    readonly booted: Observed["booted"] & { readonly since?: number };
    readonly other?: ReleaseRef & { readonly standing?: string };
  };
  readonly degraded: readonly string[];
  readonly state: {
    readonly kind: StateKind;
    readonly release?: ReleaseRef;
    readonly failure?: Failure;
  };
  readonly floor: number;
  readonly pin?: { readonly version: string; readonly reason?: string; readonly since: number };
  readonly pause?: { readonly reason?: string; readonly since: number };
  /** The last ones. */
  readonly forbidden: readonly (ReleaseRef & { readonly reason: string; readonly since: number })[];
  /** The nearest first. */
  readonly why: readonly ReportedWhy[];
  /** Of the last probation. */
  readonly verdict?: Verdict;
  /** The newest first, with the evidence against what failed. */
  readonly history: readonly LedgerRecord[];
  /** Lines of the ledger that are not in it. */
  readonly historyLeftOut: number;
}

export interface ReportInput extends Omit<
  Report,
  "schema" | "slots" | "floor" | "pin" | "pause" | "forbidden" | "history" | "historyLeftOut"
> {
  readonly observed: Observed;
  readonly ledger: LedgerView;
}

const slotsOf = ({ booted, other }: Observed, ledger: LedgerView): Report["slots"] => {
  const since = ledger.current?.roothash === booted.roothash ? ledger.currentSince : undefined;
  return {
    booted: { ...booted, ...(since === undefined ? {} : { since }) },
    ...(other.release === undefined
      ? {}
      : {
          other: {
            ...other.release,
            ...(other.standing === undefined ? {} : { standing: other.standing }),
          },
        }),
  };
};

/** Each text by itself: on the whole document a rule could take away a quote with the secret. */
const redactAll = (value: unknown): unknown => {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactAll(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redactAll(member)]),
  );
};

/** A report's one text, without secrets. */
export const encodeReport = (report: Report): string => `${JSON.stringify(redactAll(report))}\n`;

const bytesOf = (report: Report): number => Buffer.byteLength(encodeReport(report));

export const reportOf = ({ observed, ledger, node, ...input }: ReportInput): Report => {
  const { pin, pause, floor } = ledger;
  const whole: Report = {
    schema: REPORT_SCHEMA,
    ...input,
    node: { ...node, repository: node.repository.map(withoutPassword) },
    slots: slotsOf(observed, ledger),
    floor,
    ...(pin === undefined ? {} : { pin }),
    ...(pause === undefined ? {} : { pause }),
    forbidden: [...ledger.forbidden.values()]
      .map(({ release, reason, since }) => ({ ...release, reason, since }))
      .toSorted((a, b) => b.since - a.since)
      .slice(0, MOST_FORBIDDEN),
    history: ledger.history.slice(0, MOST_HISTORY),
    historyLeftOut: Math.max(0, ledger.history.length - MOST_HISTORY),
  };
  return bounded(whole);
};

/** What is oldest goes first; what keeps the node where it is stays. */
const bounded = (whole: Report): Report => {
  let report = whole;
  while (bytesOf(report) > MAX_REPORT_BYTES && report.history.length > 0) {
    const kept = Math.floor(report.history.length / 2);
    report = {
      ...report,
      history: report.history.slice(0, kept),
      historyLeftOut: report.historyLeftOut + report.history.length - kept,
    };
  }
  if (bytesOf(report) <= MAX_REPORT_BYTES || report.verdict === undefined) return report;
  const { verdict, ...rest } = report;
  const { checks, failedUnits, ...ending } = verdict;
  return {
    ...rest,
    verdict: {
      ...ending,
      checks: checks
        .filter(({ outcome }) => outcome !== "passed")
        .slice(0, MOST_CHECKS)
        .map((check) => ({ ...check, output: [] })),
      failedUnits: failedUnits.slice(0, MOST_CHECKS).map(({ unit }) => ({ unit, journal: [] })),
    },
  };
};
