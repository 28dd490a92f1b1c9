/** `carry-etc`: carries /etc to the next release, until the agent's own command line does. */
import process from "node:process";
import { HostError, linuxExec } from "@slipway/host";
import { carryForward, planCarry } from "../etc/carry-forward.ts";
import { EtcError } from "../etc/errors.ts";
import { formatReport } from "../etc/report.ts";
import { readCarryArguments, USAGE } from "./arguments.ts";

const main = async (): Promise<void> => {
  const {
    old,
    live,
    new: image,
    state,
    run,
    from,
    to,
    plan,
    json,
  } = readCarryArguments(process.argv.slice(2));
  const options = { etc: { old, node: live, image }, stateDirectory: state, runDirectory: run };
  const report = plan
    ? await planCarry(linuxExec, options)
    : await carryForward(linuxExec, options, { from, to });
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report));
};

try {
  await main();
} catch (error) {
  if (!(error instanceof EtcError || error instanceof HostError)) throw error;
  const hint = error.hint === undefined ? "" : `  ${error.hint}\n`;
  process.stderr.write(`carry-etc: ${error.message}\n${hint}`);
  if (error.code === "USAGE") process.stderr.write(USAGE);
  process.exitCode = error.code === "USAGE" ? 2 : 1;
}
