import {
  formatDuration,
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
} from "@slipway/host/command-line";
import type { CheckResult, Verdict } from "@slipway/release";
import type { HealthAnswer, Look } from "../agent.ts";
import { EXIT } from "../exit-status.ts";
import { date } from "../present/time.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  now: {
    type: "boolean",
    help: "Run the checks once now, instead of showing those of the last probation.",
  },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

const resultText = ({ name, level, outcome, milliseconds, seen, output }: CheckResult): string => {
  const line = `  ${outcome.padEnd(10)} ${name} (${level}, ${formatDuration(milliseconds)}): ${printableLine(seen)}\n`;
  return line + output.map((one) => `      ${printableLine(one)}\n`).join("");
};

const verdictText = (verdict: Verdict): string => {
  const head = `${verdict.version} (${verdict.roothash.slice(0, 8)}) is ${verdict.verdict}, since ${date(verdict.at)}: ${printableLine(verdict.reason)}\n`;
  return head + verdict.checks.map(resultText).join("");
};

/** A verdict is of the boot that it was given in. */
const withoutVerdict = ({ observed: { booted } }: Pick<Look, "observed">): string =>
  booted.standing === "counting"
    ? `${booted.version} is on probation, and its checks have not ended yet: \`slipway-agent health --now\` shows how each stands, \`journalctl --unit slipway-verdict\` what they said\n`
    : "no release was on probation in this boot: `slipway-agent history` has what earlier verdicts found, and `slipway-agent health --now` runs the checks\n";

const isBad = ({ level, outcome }: CheckResult): boolean =>
  level === "required" && outcome !== "passed";

/** As `health --json` prints it. */
export const healthDocument = ({ verdict, now, problems }: HealthAnswer): object => ({
  schema: 1,
  ...(verdict === undefined ? {} : { verdict }),
  ...(now === undefined ? {} : { now }),
  problems,
});

export const health: Verb = {
  help: {
    summary: "Run the health checks now, or show those of the last probation",
    usage: ["health [--now] [--json]"],
    about: [
      "Shows by which checks the running release was found good or bad when it was first booted. With --now every check of the image and of /etc/slipway/health.d is run once; that decides nothing, and says whether a new release would be found good here.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent health", does: "See what the last probation was decided by." },
      { line: "slipway-agent health --now", does: "Try the checks after editing them." },
    ],
    exits: [["1", "failed; or with --now, a required check does not pass"]],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const agent = await world.agent();
    const answer = await agent.health({ now: values.now === true });
    const { verdict, now, problems } = answer;
    const status = (now ?? []).some(isBad) ? EXIT.failed : EXIT.done;
    if (values.json === true) return { data: jsonDocument(healthDocument(answer)), status };
    const found =
      now === undefined
        ? verdict === undefined
          ? withoutVerdict(await agent.look())
          : verdictText(verdict)
        : `now:\n${now.map(resultText).join("")}`;
    return {
      data: found + problems.map((line) => `problem: ${printableLine(line)}\n`).join(""),
      status,
    };
  },
};
