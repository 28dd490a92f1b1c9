/** A metric as a row of a table, and the table as text in Prometheus' format 0.0.4. Pure. */
import type { MetricSource } from "./source.ts";

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  /** Without `slipway_`. */
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  /** None where there is nothing to say: then the metric is left out. */
  readonly samples: (source: MetricSource) => readonly Sample[];
  /** The names of its labels, for the document. */
  readonly labels?: readonly string[];
}

export const PREFIX = "slipway_";

const escapedHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

const escapedLabel = (text: string): string => escapedHelp(text).replaceAll('"', '\\"');

const labelsText = (labels: Readonly<Record<string, string>> = {}): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapedLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
};

const familyText = ({ name, type, help, samples }: Metric, source: MetricSource): string => {
  // What no look could tell is no number, and none is said.
  const found = samples(source).filter(({ value }) => Number.isFinite(value));
  if (found.length === 0) return "";
  const whole = `${PREFIX}${name}`;
  const lines = found.map(({ labels, value }) => `${whole}${labelsText(labels)} ${value}\n`);
  return `# HELP ${whole} ${escapedHelp(help)}\n# TYPE ${whole} ${type}\n${lines.join("")}`;
};

export const metricsText = (metrics: readonly Metric[], source: MetricSource): string =>
  metrics.map((metric) => familyText(metric, source)).join("");
