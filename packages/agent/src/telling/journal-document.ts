/** docs/journal.md, out of the table of messages. Pure. */
import { MESSAGE_FIELDS, MESSAGES } from "./messages.ts";

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");

export const journalDocument = (): string => `# What the agent writes into the journal

Beside its lines of text \`slipway-agent\` writes an entry with a message id for whatever an operator's own programs may wait for. Made from
\`packages/agent/src/telling/messages.ts\`; the ids are a contract and never change.

\`\`\`sh
journalctl MESSAGE_ID=${MESSAGES.failed.id}        # releases that failed on this node
journalctl SLIPWAY_EVENT=failed -o json               # the same by name, with all its fields
journalctl SLIPWAY_VERSION=2026.11.2                  # all that happened to a release
\`\`\`

${table(
  ["event", "message id", "priority", "means"],
  Object.entries(MESSAGES).map(([kind, { id, priority, about }]) => [
    kind,
    `\`${id}\``,
    priority,
    about,
  ]),
)}
## Fields

Each entry has \`MESSAGE\`, \`MESSAGE_ID\`, \`PRIORITY\` and \`SYSLOG_IDENTIFIER=slipway-agent\`, and of these what is known:

${table(
  ["field", "holds"],
  MESSAGE_FIELDS.map(([name, about]) => [`\`${name}\``, about]),
)}
The ledger (\`slipway-agent history\`) is what counts: an entry that journald did not take is missing here and nowhere else.
`;
