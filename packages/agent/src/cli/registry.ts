/** The verbs by name, each loaded when it is run. */
import type { Registered } from "./verb.ts";

/** In the order of the overview: what is asked most comes first. */
export const VERBS: readonly Registered[] = [
  {
    name: "status",
    summary: "Show what runs, what comes next, and what a rollback would reach",
    audience: "operator",
    load: async () => (await import("./verbs/status.ts")).status,
  },
  {
    name: "why",
    summary: "Show all that keeps this node from something newer, and when it clears",
    audience: "operator",
    load: async () => (await import("./verbs/why.ts")).why,
  },
  {
    name: "check",
    summary: "Ask the repository what there is for this node, and take nothing",
    audience: "operator",
    load: async () => (await import("./verbs/check.ts")).check,
  },
  {
    name: "plan",
    summary: "Show what an update would change on this node, and take nothing",
    audience: "operator",
    load: async () => (await import("./verbs/plan.ts")).plan,
  },
  {
    name: "update",
    summary: "Take the release that is offered, and restart into it",
    audience: "operator",
    load: async () => (await import("./verbs/update.ts")).update,
  },
  {
    name: "rollback",
    summary: "Go back to the release in the other slot, at once and for good",
    audience: "operator",
    load: async () => (await import("./verbs/rollback.ts")).rollback,
  },
  {
    name: "pin",
    summary: "Take no other release than this version",
    audience: "operator",
    load: async () => (await import("./verbs/orders.ts")).pin,
  },
  {
    name: "unpin",
    summary: "Take any release again that is offered",
    audience: "operator",
    load: async () => (await import("./verbs/orders.ts")).unpin,
  },
  {
    name: "pause",
    summary: "Take nothing that nobody asks for by hand",
    audience: "operator",
    load: async () => (await import("./verbs/orders.ts")).pause,
  },
  {
    name: "resume",
    summary: "Take releases by itself again",
    audience: "operator",
    load: async () => (await import("./verbs/orders.ts")).resume,
  },
  {
    name: "forgive",
    summary: "Let a forbidden release be tried again",
    audience: "operator",
    load: async () => (await import("./verbs/orders.ts")).forgive,
  },
  {
    name: "history",
    summary: "Show what was tried on this node, and how it ended",
    audience: "operator",
    load: async () => (await import("./verbs/history.ts")).history,
  },
  {
    name: "health",
    summary: "Run the health checks now, or show those of the last probation",
    audience: "operator",
    load: async () => (await import("./verbs/health.ts")).health,
  },
  {
    name: "etc",
    summary: "Show what this node has changed in /etc",
    audience: "operator",
    load: async () => (await import("./verbs/etc.ts")).etc,
  },
  {
    name: "diff",
    summary: "Show what the other slot's release has that the running one has not",
    audience: "operator",
    load: async () => (await import("./verbs/diff.ts")).diff,
  },
  {
    name: "config",
    summary: "Show the agent's settings, and where each is from",
    audience: "operator",
    load: async () => (await import("./verbs/config.ts")).config,
  },
  {
    name: "factory-reset",
    summary: "Remove this node's data with the next boot, but for what is to be kept",
    audience: "operator",
    load: async () => (await import("./verbs/factory-reset.ts")).factoryReset,
  },
  {
    name: "report",
    summary: "Show what this node is and what became of its releases, as one document",
    audience: "operator",
    load: async () => (await import("./verbs/report.ts")).report,
  },
  {
    name: "support",
    summary: "Gather what is needed to find a fault, without secrets",
    audience: "operator",
    load: async () => (await import("./verbs/support.ts")).support,
  },
  {
    name: "daemon",
    summary: "Look for releases and take them: slipway-agent.service",
    audience: "system",
    load: async () => (await import("./verbs/daemon.ts")).daemon,
  },
  {
    name: "task",
    summary: "Do what the daemon may not: slipway-task@.service",
    audience: "system",
    load: async () => (await import("./verbs/task.ts")).task,
  },
  {
    name: "verdict",
    summary: "Decide whether the booted release is good: slipway-verdict.service",
    audience: "system",
    load: async () => (await import("./verbs/verdict.ts")).verdict,
  },
  {
    name: "loader",
    summary: "Bring the boot loader up to the booted release's: slipway-loader.service",
    audience: "system",
    load: async () => (await import("./verbs/loader.ts")).loader,
  },
  {
    name: "internal",
    summary: "Parts of the agent by themselves, for tests",
    audience: "hidden",
    load: async () => (await import("./verbs/internal.ts")).internal,
  },
];
