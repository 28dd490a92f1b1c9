/** docs/agent-states.md, made from the table of transitions. */
import { LEASE_NEEDS, LEASE_TRANSITIONS } from "./lease-table.ts";
import type { StateKind } from "./state.ts";
import { RECOVERIES, TRANSITIONS } from "./table.ts";

const MEANING: readonly (readonly [StateKind, string])[] = [
  ["init", "the agent has not looked at its node yet; it is over before anything else happens"],
  ["steady", "nothing to do but to ask the repository from time to time"],
  ["waiting", "a release is on offer, and the other slot is kept until the gate opens"],
  ["fetching", "a release is fetched and written into the other slot, or is about to be again"],
  ["staged", "a release is whole in the other slot, under a name that the loader ignores"],
  ["finalizing", "it gets its name, and the node restarts"],
  ["rolling-back", "the other slot's release becomes the next one again, and the node restarts"],
  ["probation", "the booted release is not blessed yet: nothing is written"],
  ["held", "nothing may be written, until an operator or a reboot takes the reason away"],
];

/** Mermaid takes no dash in a name. */
const node = (state: StateKind): string => state.replaceAll("-", "_");

const edges = (): readonly string[] => {
  const leading = TRANSITIONS.filter(({ from, to }) => from !== to);
  const groups = Map.groupBy(leading, ({ from, to }) => `  ${node(from)} --> ${node(to)}`);
  return [...groups].map(
    ([arrow, transitions]) =>
      `${arrow}: ${[...new Set(transitions.map(({ on }) => on))].join(", ")}`,
  );
};

/** Loops are left to the table: a diagram of what leads elsewhere can be taken in. */
export const mermaid = (): string =>
  [
    "stateDiagram-v2",
    ...MEANING.filter(([state]) => state.includes("-")).map(
      ([state]) => `  state "${state}" as ${node(state)}`,
    ),
    ...new Set(RECOVERIES.map(({ to }) => `  [*] --> ${node(to)}`)),
    ...edges(),
  ].join("\n");

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const tableOf = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...heads), row(...heads.map(() => "---")), ...rows.map((cells) => row(...cells))].join("\n");

const code = (text: string): string => `\`${text}\``;

/** The whole document. */
export const statesDocument = (): string => `# The agent's states

This page is made from \`packages/agent/src/machine/table.ts\`; \`SLIPWAY_RENEW=1 npm test -- --grep agent-states.md\` brings it up to date. Why the machine is
made like this stands in [decision 50](decisions/0050-the-disk-is-believed-first.md).

${tableOf(
  ["state", "is"],
  MEANING.map(([state, is]) => [code(state), is]),
)}

No state waits for an event that may never come: each is looked at again at a moment that it carries itself.

\`\`\`mermaid
${mermaid()}
\`\`\`

## Where the agent begins

Before each of its runs (after a kill, a reboot, a fallback, or simply the next time) it looks at the disk, writes into the ledger what that lacks, and goes on in the first of
these states that fits.

${tableOf(
  ["when", "it is"],
  RECOVERIES.map(({ when, to }) => [when, code(to)]),
)}

## What leads where

Effects are done in this order; what is recorded is durable before the next one begins. Whatever is not in this table changes nothing, and an operator who asked for it is told why.

${tableOf(
  ["in", "on", "when", "effects", "then"],
  TRANSITIONS.map(({ from, on, to, effects, when }) => [
    code(from),
    code(on),
    when,
    effects.map(code).join(", "),
    code(to),
  ]),
)}

## Leases

With the strategy \`lock\` the gate is open while this node holds a lease of its lock server. Leases have standings of their own beside the state, and are tended when all else is
quiet, by the daemon alone. What is said to a lock server is in the journal before it is said. Why it is made like this stands in [decision 63](decisions/0063-leases-are-given-back-by-where-a-node-is.md).

${tableOf(
  ["while the state is", "a lease is"],
  LEASE_NEEDS.map(({ states, need, when }) => [
    `${states.map(code).join(", ")}${when === "" ? "" : `, ${when}`}`,
    need,
  ]),
)}

${tableOf(
  ["a lease is", "when", "effect", "then it is"],
  LEASE_TRANSITIONS.map(({ from, when, effect, to }) => [
    code(from),
    when,
    effect === undefined ? "" : code(effect),
    code(to),
  ]),
)}
`;
