/** The metrics of the ledger and the settings. Pure. */
import type { LedgerEntryKind } from "../../ledger/entry.ts";
import type { Metric, Sample } from "./metric.ts";
import type { MetricSource } from "./source.ts";
import { one } from "./samples.ts";

/** How often the lines that are kept tell of it. */
const lines =
  (kind: LedgerEntryKind) =>
  ({ ledger }: MetricSource): readonly Sample[] => [
    { value: ledger.history.filter((record) => record.kind === kind).length },
  ];

const KEPT = "As far as the ledger's lines are kept, some thousand of them.";

export const OF_THE_PAST: readonly Metric[] = [
  {
    name: "releases_staged_total",
    type: "counter",
    help: `Releases that were staged. ${KEPT}`,
    samples: lines("staged"),
  },
  {
    name: "updates_finalized_total",
    type: "counter",
    help: `Releases that were finalized. ${KEPT}`,
    samples: lines("finalized"),
  },
  {
    name: "releases_good_total",
    type: "counter",
    help: `Releases that were blessed. ${KEPT}`,
    samples: lines("good"),
  },
  {
    name: "releases_failed_total",
    type: "counter",
    help: `Releases that failed, and were left. ${KEPT}`,
    samples: lines("failed"),
  },
  {
    name: "rollbacks_total",
    type: "counter",
    help: `Rollbacks that an operator ordered. ${KEPT}`,
    samples: lines("rolled-back"),
  },
  {
    name: "ledger_lines_total",
    type: "counter",
    help: "Lines that were ever written into the ledger.",
    samples: ({ ledger }) => one(ledger.history[0]?.seq ?? 0),
  },
  {
    name: "ledger_damages",
    type: "gauge",
    help: "Places of the ledger that cannot be read.",
    samples: ({ ledger }) => one(ledger.damage.length),
  },
  {
    name: "settings_errors",
    type: "gauge",
    help: "Errors in the files of settings: while there is one, nothing is taken but by hand.",
    samples: ({ config }) =>
      one(config.findings.filter(({ severity }) => severity === "error").length),
  },
];
