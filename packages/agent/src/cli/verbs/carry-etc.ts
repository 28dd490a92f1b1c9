import { linuxExec } from "@slipway/host";
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  usageError,
} from "@slipway/host/command-line";
import { carryForward, planCarry } from "../../etc/carry-forward.ts";
import { formatReport } from "../../etc/report.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  old: { type: "string", value: "DIR", help: "/etc in the image of the release that runs." },
  live: { type: "string", value: "DIR", help: "/etc as it runs." },
  new: { type: "string", value: "DIR", help: "/etc in the image of the next release." },
  state: { type: "string", value: "DIR", help: "Where the upper directories of the releases are." },
  from: { type: "string", value: "ROOTHASH", help: "Of the release that runs." },
  to: { type: "string", value: "ROOTHASH", help: "Of the next release." },
  run: {
    type: "string",
    value: "DIR",
    help: "For mount points, in memory. Default: /run/slipway/carry-etc.",
  },
  plan: { type: "boolean", help: "Say what would be done, and change nothing." },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

const DEFAULT_RUN = "/run/slipway/carry-etc";

/** The value of an option, of a form. @throws UsageError */
const needed = (name: string, value: string | undefined, form: RegExp, hint: string): string => {
  if (value === undefined) throw usageError(`--${name} is missing`, hint);
  if (!form.test(value)) throw usageError(`--${name} is '${value}'`, hint);
  return value;
};

const directory = (name: string, value: string | undefined): string =>
  needed(name, value, /^\//, "give an absolute path").replace(/(?<=.)\/+$/, "");

const roothash = (name: string, value: string | undefined): string =>
  needed(name, value, /^[0-9a-f]{64}$/, "give a root hash of 64 hexadecimal digits");

export const carryEtc: Verb = {
  help: {
    summary: "Carry an /etc from one image to another, by directories",
    usage: [
      "internal carry-etc --old DIR --live DIR --new DIR --state DIR --from ROOTHASH --to ROOTHASH [--run DIR] [--plan] [--json]",
    ],
    about: ["What `update` does with /etc when it finalizes a release."],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent etc", does: "See what is this node's own in /etc." },
      { line: "slipway-agent update", does: "Carry it to the next release." },
    ],
  },
  run: async (args) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const options = {
      etc: {
        old: directory("old", values.old),
        node: directory("live", values.live),
        image: directory("new", values.new),
      },
      stateDirectory: directory("state", values.state),
      runDirectory: directory("run", values.run ?? DEFAULT_RUN),
    };
    const releases = { from: roothash("from", values.from), to: roothash("to", values.to) };
    const report =
      values.plan === true
        ? await planCarry(linuxExec, options)
        : await carryForward(linuxExec, options, releases);
    return { data: values.json === true ? jsonDocument(report) : formatReport(report) };
  },
};
