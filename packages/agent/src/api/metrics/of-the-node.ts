/** The metrics of what runs, and where. Pure. */
import type { Metric } from "./metric.ts";
import { info, one, oneHot, RELEASE_LABELS, yes } from "./samples.ts";

const STANDINGS = ["good", "counting", "bad", "unproven"] as const;

export const OF_THE_NODE: readonly Metric[] = [
  {
    name: "node_info",
    type: "gauge",
    help: "What this node is composed of.",
    labels: ["image", "architecture"],
    samples: ({ image, architecture }) => info({ image, architecture }),
  },
  {
    name: "booted_release_info",
    type: "gauge",
    help: "The release that runs.",
    labels: [...RELEASE_LABELS, "slot"],
    samples: ({ observed: { booted } }) =>
      info({ version: booted.version, roothash: booted.roothash, slot: booted.slot }),
  },
  {
    name: "booted_since_timestamp_seconds",
    type: "gauge",
    help: "Since when the node runs that release, in seconds since 1970.",
    samples: ({ observed: { booted }, ledger }) =>
      ledger.current?.roothash === booted.roothash ? one(ledger.currentSince) : [],
  },
  {
    name: "booted_standing",
    type: "gauge",
    help: "1 for how the boot entry of the running release stands: counting is probation.",
    labels: ["standing"],
    samples: ({ observed: { booted } }) => oneHot("standing", STANDINGS, booted.standing),
  },
  {
    name: "booted_blessed",
    type: "gauge",
    help: "1 where the running release is blessed.",
    samples: ({ observed: { booted } }) => yes(booted.standing === "good"),
  },
  {
    name: "booted_security_epoch",
    type: "gauge",
    help: "The security epoch of the running release, where that is known.",
    samples: ({ observed: { booted }, ledger }) =>
      one(booted.securityEpoch ?? ledger.epochs.get(booted.roothash)),
  },
  {
    name: "security_floor",
    type: "gauge",
    help: "The lowest security epoch that the node still takes.",
    samples: ({ ledger }) => one(ledger.floor),
  },
  {
    name: "degraded",
    type: "gauge",
    help: "1 where the node is degraded: up, but on a temporary /var.",
    samples: ({ observed }) => yes(observed.degraded.length > 0),
  },
  {
    name: "var_free_bytes",
    type: "gauge",
    help: "What can still be written to /var.",
    samples: ({ varFreeBytes }) => one(varFreeBytes),
  },
  {
    name: "esp_free_bytes",
    type: "gauge",
    help: "What can still be written to the ESP; 0 where there is none.",
    samples: ({ espFreeBytes }) => one(espFreeBytes),
  },
];
