/** The metrics of what the node is about, and what is in its way. Pure. */
import { type State, STATE_KINDS } from "../../machine/state.ts";
import { gateAt } from "../../window/gate.ts";
import type { Metric } from "./metric.ts";
import type { MetricSource } from "./source.ts";
import { info, one, oneHot, RELEASE_LABELS, releaseInfo, seconds, yes } from "./samples.ts";

const attemptsOf = (state: State): number | undefined =>
  "attempts" in state ? state.attempts : undefined;

const gateOf = ({ config: { settings }, now }: MetricSource) =>
  settings.strategy === "window" && settings.windows.length > 0
    ? gateAt(settings, now * 1000)
    : undefined;

export const OF_UPDATES: readonly Metric[] = [
  {
    name: "state",
    type: "gauge",
    help: "1 for the state that the node is in; docs/agent-states.md explains them.",
    labels: ["state"],
    samples: ({ state }) => oneHot("state", STATE_KINDS, state.kind),
  },
  {
    name: "state_attempts",
    type: "gauge",
    help: "How often what the node is at was tried before.",
    samples: ({ state }) => one(attemptsOf(state)),
  },
  {
    name: "probation_deadline_timestamp_seconds",
    type: "gauge",
    help: "When systemd restarts a node on probation that nobody has blessed, in seconds since 1970.",
    samples: ({ state }) => (state.kind === "probation" ? one(seconds(state.deadlineMs)) : []),
  },
  {
    name: "staged_release_info",
    type: "gauge",
    help: "The release that is staged in the other slot.",
    labels: RELEASE_LABELS,
    samples: ({ observed: { other } }) =>
      other.standing === "staged" ? releaseInfo(other.release) : [],
  },
  {
    name: "rollback_release_info",
    type: "gauge",
    help: "The release that a rollback would reach.",
    labels: RELEASE_LABELS,
    samples: ({ rollback }) => (rollback.kind === "release" ? releaseInfo(rollback.release) : []),
  },
  {
    name: "rollback_available",
    type: "gauge",
    help: "1 where there is a release to roll back to.",
    samples: ({ rollback }) => yes(rollback.kind === "release"),
  },
  {
    name: "paused",
    type: "gauge",
    help: "1 while updates are paused.",
    samples: ({ ledger }) => yes(ledger.pause !== undefined),
  },
  {
    name: "pinned",
    type: "gauge",
    help: "1 while the node is pinned to a version.",
    samples: ({ ledger }) => yes(ledger.pin !== undefined),
  },
  {
    name: "pin_info",
    type: "gauge",
    help: "The version that the node is pinned to.",
    labels: ["version"],
    samples: ({ ledger: { pin } }) => info(pin && { version: pin.version }),
  },
  {
    name: "forbidden_releases",
    type: "gauge",
    help: "Releases that this node never tries again.",
    samples: ({ ledger }) => one(ledger.forbidden.size),
  },
  {
    name: "blocker",
    type: "gauge",
    help: "1 for each thing that keeps the node from something newer, by the code that `slipway-agent why` gives.",
    labels: ["code"],
    samples: ({ blockers }) => blockers.map((code) => ({ labels: { code }, value: 1 })),
  },
  {
    name: "fetch_done_bytes",
    type: "gauge",
    help: "How far the file is that is being fetched or written.",
    samples: ({ progress }) => one(progress?.doneBytes),
  },
  {
    name: "fetch_expected_bytes",
    type: "gauge",
    help: "How long the file is that is being fetched or written.",
    samples: ({ progress }) => one(progress?.totalBytes),
  },
  {
    name: "window_open",
    type: "gauge",
    help: "1 while a window is open; only with the strategy window.",
    samples: (source) => {
      const gate = gateOf(source);
      return gate === undefined ? [] : yes(gate.isOpen);
    },
  },
  {
    name: "next_window_timestamp_seconds",
    type: "gauge",
    help: "When the next window opens, while none is open, in seconds since 1970.",
    samples: (source) => {
      const gate = gateOf(source);
      return gate === undefined || gate.isOpen || gate.opensAtMs === undefined
        ? []
        : one(seconds(gate.opensAtMs));
    },
  },
];
