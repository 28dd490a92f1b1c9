/** docs/metrics.md, made of the table. Pure. */
import { type Metric, PREFIX } from "./metric.ts";
import { METRICS } from "./table.ts";

const row = ({ name, type, help, labels = [] }: Metric): string =>
  `| \`${PREFIX}${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |\n`;

export const metricsDocument = (): string => `# Metrics

The agent shows its node to Prometheus: on its own socket (\`GET /metrics\`, see [api.md](api.md)), and over TCP where the setting \`metrics_listen\` names an address and a port, such as \`127.0.0.1:9464\`. On that port there is nothing else, and nobody has to say
who he is: everybody who reaches it learns which release the node runs. It is off unless it is set.

\`\`\`yaml
# /etc/slipway/agent.d/metrics.yaml
metrics_listen: 127.0.0.1:9464
\`\`\`

Names, labels and units are a contract; new ones may come. A metric that has nothing to say is left out: \`slipway_staged_release_info\` is there while a release is staged. Every answer is a fresh look at the node, so a scrape every 15 seconds or less often is
what it is made for.

| metric | type | labels | is |
| --- | --- | --- | --- |
${METRICS.map(row).join("")}
## What to be woken for

\`\`\`yaml
groups:
  - name: slipway
    rules:
      - alert: SlipwayReleaseFailed
        expr: increase(slipway_releases_failed_total[1h]) > 0
      - alert: SlipwayNodeDegraded
        expr: slipway_degraded == 1
      - alert: SlipwayRepositorySilent
        expr: time() - slipway_last_answer_timestamp_seconds > 86400
      - alert: SlipwayNoWayBack
        expr: slipway_rollback_available == 0 and on (instance) slipway_state{state="steady"} == 1
        for: 1d
\`\`\`
`;
