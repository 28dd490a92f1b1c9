/** The verdict on this boot. */
import { linuxFiles, openReadOnly } from "@slipway/host";
import { markBad } from "../../esp/steps.ts";
import { linuxHealthPorts } from "../../health/linux/ports.ts";
import type { Ledger } from "../../ledger/open-ledger.ts";
import { decideVerdict } from "../../verdict/decide.ts";
import { readThisNode } from "./node-ports.ts";
import { tellVerdict } from "./told-hooks.ts";

/** As dm-verity gives it. */
const ROOT_DEVICE = "/dev/mapper/root";

/** Whether the node may stay up: false where it is to be restarted at once. */
export const decide = async (
  ledger: Ledger,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> => {
  const decision = await decideVerdict(
    {
      facts: async () => (await readThisNode()).facts,
      health: linuxHealthPorts,
      openRoot: () => openReadOnly(ROOT_DEVICE),
      files: linuxFiles,
      ledger,
      markBad: async ({ name, file }) => {
        await markBad({ files: linuxFiles }, { ...name, torn: [file] });
      },
      log,
    },
    signal,
  );
  // The last thing of all: what was decided stands, durably.
  if (decision.kind === "decided") await tellVerdict(decision.verdict, { ledger, log, signal });
  return decision.kind !== "decided" || !decision.mustRestart;
};
