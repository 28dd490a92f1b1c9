import { formatSize, jsonDocument, parseArguments } from "@slipway/host/command-line";
import type { ReleaseDiff, ReleaseFacts } from "../agent.ts";
import { date } from "../present/time.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

/** What is compared: a label, and how each release shows it. */
const ROWS: readonly (readonly [string, (facts: ReleaseFacts) => string | undefined])[] = [
  ["version", ({ version }) => version],
  ["root hash", ({ roothash }) => roothash.slice(0, 16)],
  ["made", ({ created }) => (created === undefined ? undefined : date(created))],
  ["kernel", ({ kernelRelease }) => kernelRelease],
  [
    "epoch",
    ({ securityEpoch }) => (securityEpoch === undefined ? undefined : String(securityEpoch)),
  ],
  ["root", ({ rootBytes }) => (rootBytes === undefined ? undefined : formatSize(rootBytes))],
  ["UKI", ({ ukiBytes }) => (ukiBytes === undefined ? undefined : formatSize(ukiBytes))],
  ["agent", ({ agent }) => agent],
];

const diffText = ({ booted, other, standing }: ReleaseDiff): string => {
  const lines = ROWS.flatMap(([label, show]): readonly string[] => {
    const [here, there] = [show(booted), show(other)];
    if (here === undefined && there === undefined) return [];
    return [
      `${label.padEnd(10)} ${(here ?? "unknown").padEnd(24)} ${here === there ? "the same" : (there ?? "unknown")}\n`,
    ];
  });
  return `${"".padEnd(10)} ${"booted".padEnd(24)} ${standing === "staged" ? "staged" : "other slot"}\n${lines.join("")}`;
};

export const diff: Verb = {
  help: {
    summary: "Show what the other slot's release has that the running one has not",
    usage: ["diff [--json]"],
    about: [
      "Compares the running release with the one in the other slot: the staged one, or the one that a rollback would reach. It goes by the manifests that were kept when they were staged; what nobody kept is `unknown`. `slipway diff` on the machine that builds compares packages and files.",
    ],
    options: ANSWER_OPTIONS,
    examples: [
      { line: "slipway-agent diff", does: "See what a restart would lead to." },
      { line: "slipway-agent diff --json | jq .other.version", does: "The other version." },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, ANSWER_OPTIONS, NO_OPERANDS);
    const found = await (await world.agent()).diff();
    return {
      data: values.json === true ? jsonDocument({ schema: 1, ...found }) : diffText(found),
    };
  },
};
