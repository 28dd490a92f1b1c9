/** Hooks that are told what has happened, and have no say: what goes wrong with them is in the journal and the history. */
import type { Verdict } from "@slipway/release";
import { loadConfig } from "../../config/load-config.ts";
import type { HookCall } from "../../hooks/environment.ts";
import { linuxHookPorts } from "../../hooks/linux/ports.ts";
import { limitsOf } from "../../hooks/point.ts";
import { tellHooks } from "../../hooks/run-hooks.ts";
import type { Ledger } from "../../ledger/open-ledger.ts";
import { readThisNode } from "./node-ports.ts";

interface Here {
  readonly ledger: Ledger;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

const tell = async (
  point: "post-boot" | "verdict",
  said: Pick<HookCall, "verdict">,
  { ledger, log, signal }: Here,
): Promise<void> => {
  try {
    const { image, booted } = (await readThisNode()).facts;
    const { version, roothash } = booted;
    const timeoutSeconds = (await loadConfig()).settings.hookTimeoutSeconds;
    const troubles = await tellHooks(linuxHookPorts(log), {
      call: { point, image, booted: { version, roothash }, ...said },
      limits: limitsOf(point, { timeoutSeconds }),
      signal,
    });
    if (troubles.length === 0 || signal.aborted) return;
    const reason = troubles.join("; ");
    await ledger.append({ kind: "hooks-failed", release: { version, roothash }, reason });
  } catch (error) {
    log(`the hooks of ${point}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Once in a boot, behind the verdict. Never rejects. */
export const tellPostBoot = (here: Here): Promise<void> => tell("post-boot", {}, here);

/** What was decided is durable by then. Never rejects. */
export const tellVerdict = async ({ verdict, reason }: Verdict, here: Here): Promise<void> => {
  if (verdict !== "unproven") await tell("verdict", { verdict: { verdict, reason } }, here);
};
