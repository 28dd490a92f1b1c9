/** The orders of an operator that are kept in the ledger, and that every later step goes by. */
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  usageError,
} from "@slipway/host/command-line";
import type { LedgerEntry } from "../../ledger/entry.ts";
import * as orders from "../../orders/orders.ts";
import { entryText } from "../present/entry-text.ts";
import { readReason } from "../read-reason.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Outcome, type Verb } from "../verb.ts";

const REASON_OPTIONS = {
  reason: { type: "string", value: "TEXT", help: "Why, for whoever reads the history. One line." },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

const recorded = (entries: readonly LedgerEntry[], json: boolean | undefined): Outcome => ({
  data:
    json === true
      ? jsonDocument({ schema: 1, recorded: entries })
      : entries.length === 0
        ? "nothing to do\n"
        : entries.map((entry) => `${entryText(entry)}\n`).join(""),
});

const MAX_VERSION = 128;

/** @throws UsageError */
const readVersion = (text: string | undefined): string | undefined => {
  if (text === undefined || (text.length <= MAX_VERSION && /^[0-9A-Za-z._~^+-]+$/.test(text)))
    return text;
  throw usageError("VERSION is no version", "write it as `slipway-agent status` shows it");
};

export const pin: Verb = {
  help: {
    summary: "Take no other release than this version",
    usage: ["pin [VERSION] [--reason TEXT] [--json]"],
    about: [
      "Without VERSION it is the release that runs, and the node stays where it is. With another one, the next look at the repository takes that version as soon as it is offered. Holds until `slipway-agent unpin`, over restarts.",
    ],
    options: REASON_OPTIONS,
    examples: [
      { line: "slipway-agent pin", does: "Stay on what runs now." },
      {
        line: "slipway-agent pin 2026.11.1 --reason 'the audit is about this one'",
        does: "Go to this version, and stay there.",
      },
    ],
  },
  run: async (args, world) => {
    const { values, positionals } = parseArguments(args, REASON_OPTIONS, {
      name: "VERSION",
      least: 0,
      most: 1,
    });
    const version = readVersion(positionals[0]);
    const reason = readReason(values.reason);
    const entries = await (
      await world.agent()
    ).order(({ observed }) => [
      orders.pin(observed.booted, {
        ...(version === undefined ? {} : { version }),
        ...(reason === undefined ? {} : { reason }),
      }),
    ]);
    return recorded(entries, values.json);
  },
};

export const unpin: Verb = {
  help: {
    summary: "Take any release again that is offered",
    usage: ["unpin [--json]"],
    about: [
      "Ends what `pin` began, and the pin that a rollback sets. What a rollback has forbidden stays forbidden: see `slipway-agent forgive`.",
    ],
    options: ANSWER_OPTIONS,
    examples: [
      { line: "slipway-agent unpin", does: "Follow the channel again." },
      { line: "slipway-agent unpin && slipway-agent check", does: "And see what that leads to." },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, ANSWER_OPTIONS, NO_OPERANDS);
    const entries = await (
      await world.agent()
    ).order(({ ledger }) => (ledger.pin === undefined ? [] : [orders.unpin()]));
    return recorded(entries, values.json);
  },
};

export const pause: Verb = {
  help: {
    summary: "Take nothing that nobody asks for by hand",
    usage: ["pause [--reason TEXT] [--json]"],
    about: [
      "The agent goes on asking the repository, and `status` says what it would take. Holds until `slipway-agent resume`, over restarts. `slipway-agent update --now` takes a release all the same; the way back is never paused.",
    ],
    options: REASON_OPTIONS,
    examples: [
      { line: "slipway-agent pause", does: "Keep the node as it is for now." },
      {
        line: "slipway-agent pause --reason 'sale until Monday'",
        does: "And tell the others why.",
      },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, REASON_OPTIONS, NO_OPERANDS);
    const reason = readReason(values.reason);
    const entries = await (await world.agent()).order(() => [orders.pause(reason)]);
    return recorded(entries, values.json);
  },
};

export const resume: Verb = {
  help: {
    summary: "Take releases by itself again",
    usage: ["resume [--json]"],
    about: ["Ends what `pause` began. The next look at the repository takes what is offered."],
    options: ANSWER_OPTIONS,
    examples: [
      { line: "slipway-agent resume", does: "Let the agent go on." },
      { line: "slipway-agent resume --json", does: "The same, for a script." },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, ANSWER_OPTIONS, NO_OPERANDS);
    const entries = await (
      await world.agent()
    ).order(({ ledger }) => (ledger.pause === undefined ? [] : [orders.resume()]));
    return recorded(entries, values.json);
  },
};

const FORGIVE_OPTIONS = {
  all: { type: "boolean", help: "Every forbidden release." },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

export const forgive: Verb = {
  help: {
    summary: "Let a forbidden release be tried again",
    usage: ["forgive VERSION [--json]", "forgive --all [--json]"],
    about: [
      "A release that failed here, or that somebody rolled back from, is never tried again until this. VERSION may also be the root hash, or its first 8 digits: the ones that `status` lists. A corrected release of the same version has another root hash and needs no forgiveness.",
    ],
    options: FORGIVE_OPTIONS,
    examples: [
      { line: "slipway-agent forgive 2026.11.2", does: "Try it again." },
      { line: "slipway-agent forgive 5d41402a", does: "The one of this root hash." },
    ],
    exits: [["1", "failed; or no such release is forbidden here"]],
  },
  run: async (args, world) => {
    const { values, positionals } = parseArguments(args, FORGIVE_OPTIONS, {
      name: "VERSION",
      least: 0,
      most: 1,
    });
    const name = readVersion(positionals[0]);
    if ((name === undefined) === (values.all !== true))
      throw usageError("give VERSION or --all", "see `slipway-agent status` for what is forbidden");
    const which = name === undefined ? "all" : { name };
    const entries = await (
      await world.agent()
    ).order(({ ledger }) => orders.forgive(ledger, which));
    return recorded(entries, values.json);
  },
};
