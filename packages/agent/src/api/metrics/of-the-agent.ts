/** The metrics of the daemon itself. Pure. */
import type { Metric } from "./metric.ts";
import { info, one } from "./samples.ts";

export const OF_THE_AGENT: readonly Metric[] = [
  {
    name: "build_info",
    type: "gauge",
    help: "The agent that answers, and the Node.js that it runs on.",
    labels: ["version", "node"],
    samples: ({ process }) => info({ version: process.agentVersion, node: process.nodeVersion }),
  },
  {
    name: "process_start_time_seconds",
    type: "gauge",
    help: "When the agent's daemon was started, in seconds since 1970.",
    samples: ({ process }) => one(process.startedAt),
  },
  {
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "Time of a processor that the daemon took, without its helpers.",
    samples: ({ process }) => one(process.cpuSeconds),
  },
  {
    name: "process_resident_memory_bytes",
    type: "gauge",
    help: "Memory of the daemon that is resident.",
    samples: ({ process }) => one(process.residentBytes),
  },
  {
    name: "api_answers_total",
    type: "counter",
    help: "Answers over HTTP since the daemon was started, by status.",
    labels: ["status"],
    samples: ({ process }) =>
      [...process.answers]
        .toSorted(([a], [b]) => a - b)
        .map(([status, value]) => ({ labels: { status: String(status) }, value })),
  },
  {
    name: "api_event_clients",
    type: "gauge",
    help: "Clients that listen to the events.",
    samples: ({ process }) => one(process.eventClients),
  },
  {
    name: "api_actions_waiting",
    type: "gauge",
    help: "Actions that were asked for over the API and have not begun.",
    samples: ({ process }) => one(process.ordersWaiting),
  },
];
