/** Every metric. Names, labels and units are a contract with dashboards and alerts: new ones may come. Pure. */
import type { Metric } from "./metric.ts";
import { OF_THE_AGENT } from "./of-the-agent.ts";
import { OF_THE_NODE } from "./of-the-node.ts";
import { OF_THE_PAST } from "./of-the-past.ts";
import { OF_THE_REPOSITORY } from "./of-the-repository.ts";
import { OF_UPDATES } from "./of-updates.ts";

/** In the order of the document, and of the answer. */
export const METRICS: readonly Metric[] = [
  ...OF_THE_NODE,
  ...OF_UPDATES,
  ...OF_THE_REPOSITORY,
  ...OF_THE_PAST,
  ...OF_THE_AGENT,
];
