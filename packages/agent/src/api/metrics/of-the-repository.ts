/** The metrics of what the repository says. Pure. */
import type { State } from "../../machine/state.ts";
import type { Metric } from "./metric.ts";
import { one, oneHot, RELEASE_LABELS, releaseInfo, seconds } from "./samples.ts";

const pollingOf = (state: State) => ("polling" in state ? state.polling : undefined);

export const OF_THE_REPOSITORY: readonly Metric[] = [
  {
    name: "last_check_timestamp_seconds",
    type: "gauge",
    help: "When the repository was last asked, in seconds since 1970.",
    samples: ({ lastCheck }) => one(lastCheck?.at),
  },
  {
    name: "last_check_result",
    type: "gauge",
    help: "1 for what came of it.",
    labels: ["result"],
    samples: ({ lastCheck }) =>
      lastCheck === undefined
        ? []
        : oneHot("result", ["offer", "none", "failed"], lastCheck.answer.kind),
  },
  {
    name: "last_answer_timestamp_seconds",
    type: "gauge",
    help: "When the repository last answered, in seconds since 1970.",
    samples: ({ lastCheck }) =>
      one(lastCheck?.answer.kind === "failed" ? lastCheck.heardAt : lastCheck?.at),
  },
  {
    name: "check_failures",
    type: "gauge",
    help: "How often in a row asking it, or what that led to, has failed.",
    samples: ({ state }) => one(pollingOf(state)?.failures),
  },
  {
    name: "next_check_timestamp_seconds",
    type: "gauge",
    help: "When it is asked next, in seconds since 1970.",
    samples: ({ state }) => {
      const polling = pollingOf(state);
      return polling === undefined ? [] : one(seconds(polling.checkAtMs));
    },
  },
  {
    name: "offered_release_info",
    type: "gauge",
    help: "The release that it offered when it was last asked.",
    labels: RELEASE_LABELS,
    samples: ({ lastCheck }) =>
      lastCheck?.answer.kind === "offer" ? releaseInfo(lastCheck.answer.release) : [],
  },
];
