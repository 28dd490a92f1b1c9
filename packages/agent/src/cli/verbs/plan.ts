import path from "node:path";
import { jsonDocument, type OptionTable, parseArguments } from "@slipway/host/command-line";
import { exitStatusOf } from "../exit-status.ts";
import { planDocument } from "../present/plan-document.ts";
import { noPlanText, planText } from "../present/plan-text.ts";
import { Refusal } from "../refusal.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  to: { type: "string", value: "VERSION", help: "This version, whether or not it is its turn." },
  from: {
    type: "string",
    value: "FILE",
    help: "From an export (slipway repo export) or a directory with a repository, in place of the configured one.",
  },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

export const plan: Verb = {
  help: {
    summary: "Show what an update would change on this node, and take nothing",
    usage: ["plan [--to VERSION] [--from FILE] [--json]"],
    about: [
      "Asks the repository as `check` does, and compares the release that this node is offered with the one that runs: packages, units, kernel arguments, what becomes of the node's own changes in /etc, bytes to fetch, room, and when the node may restart. It fetches signed metadata and two short lists of what is in the releases, and nothing of a root or a kernel.",
      "What it cannot tell, since a release was published without such a list or is no longer in the repository, it says. Status 0 is an answer, `nothing is offered` among them.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent plan", does: "See what `slipway-agent update` would do." },
      { line: "slipway-agent plan --to 2026.11.2", does: "See what that version would change." },
      {
        line: "slipway-agent plan --json | jq -r '.etc.conflicts[].path'",
        does: "List the files of this node that the release changes as well.",
      },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const agent = await world.agent();
    const outcome = await agent.plan({
      // Who names a release means it now; nothing is taken in any case.
      take: values.to === undefined ? "not" : "by-hand",
      ...(values.to === undefined ? {} : { only: values.to }),
      ...(values.from === undefined ? {} : { from: path.resolve(world.directory, values.from) }),
    });
    const look = await agent.look();
    if (values.json === true)
      return {
        data: jsonDocument(planDocument(outcome, look)),
        status: outcome.kind === "failed" ? exitStatusOf(outcome.code) : 0,
      };
    if (outcome.kind === "failed") throw new Refusal(outcome);
    return {
      data:
        outcome.kind === "none"
          ? noPlanText(outcome.blocker, look.now)
          : planText(outcome.plan, look),
    };
  },
};
