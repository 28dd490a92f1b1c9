/** A factory reset as an operator orders it: offered under a code, confirmed, taken back. What removes data is the next boot. */
import { randomInt } from "node:crypto";
import { linuxClock } from "@slipway/host";
import type { TellJournal } from "../../daemon/tell-journal.ts";
import { AgentError, type Failure } from "../../errors.ts";
import { keptPaths } from "../../reset/keep-list.ts";
import { CODE_LUCK, codeOf, confirmed, OFFER_SECONDS } from "../../reset/offer.ts";
import type { ResetFiles } from "../../reset/reset-files.ts";
import type { Look, ResetAnswer } from "../agent.ts";

interface Here {
  readonly files: ResetFiles;
  readonly look: () => Promise<Look>;
  readonly tell: TellJournal;
  readonly wake: () => Promise<void>;
}

const now = (): number => Math.floor(linuxClock.now().getTime() / 1000);

/** While a restart leads to another release, the data that the two share stay: a verdict is by them. */
export const resetRefusal = ({ state, observed }: Look): Failure | undefined => {
  if (observed.degraded.length > 0)
    return {
      code: "DEGRADED",
      message: `this node runs without its data: ${observed.degraded.join("; ")}`,
      hint: "see `cat /run/slipway/degraded`, put it right, and reboot",
    };
  if (state.kind === "probation")
    return {
      code: "ON_PROBATION",
      message: `release ${state.release.version} is on probation, and is judged by what is on this node`,
      hint: "wait for its health checks: see `slipway-agent health`",
    };
  if (state.kind === "finalizing" || state.kind === "rolling-back")
    return {
      code: "BUSY",
      message: "this node is about to restart into another release",
      hint: "ask again when that release is judged",
    };
  return undefined;
};

/** @throws AgentError */
const requireQuiet = (look: Look): void => {
  const refused = resetRefusal(look);
  if (refused === undefined) return;
  const { message, hint } = refused;
  const code =
    refused.code === "DEGRADED" || refused.code === "ON_PROBATION" ? refused.code : "BUSY";
  throw new AgentError(code, message, hint === undefined ? {} : { hint });
};

const shownKept = (choice: Parameters<typeof keptPaths>[0]): readonly string[] =>
  keptPaths(choice).map((path) => `/var/${path}`);

/** @throws AgentError `DEGRADED`, `ON_PROBATION`, `BUSY` */
export const offerReset = async (
  { files, look }: Here,
  { newMachineId }: { readonly newMachineId: boolean },
): Promise<ResetAnswer> => {
  const seen = await look();
  requireQuiet(seen);
  const choice = { keep: seen.config.settings.factoryResetKeep, newMachineId };
  const code = codeOf(Array.from({ length: CODE_LUCK }, () => randomInt(32)));
  await files.keepOffer({ ...choice, code, madeAt: now(), bootId: seen.observed.bootId });
  return {
    kind: "offered",
    code,
    validSeconds: OFFER_SECONDS,
    isOrdered: await files.isOrdered(),
    newMachineId,
    kept: shownKept(choice),
    lost: await files.lost(choice),
  };
};

/** @throws AgentError `NOT_CONFIRMED`, and as for the offer */
export const confirmReset = async (
  { files, look, tell, wake }: Here,
  code: string,
): Promise<ResetAnswer> => {
  const seen = await look();
  requireQuiet(seen);
  const { bootId } = seen.observed;
  const keep = seen.config.settings.factoryResetKeep;
  const offer = confirmed(await files.offer(), { code, now: now(), bootId, keep });
  await files.order(offer);
  await tell({
    kind: "reset-asked",
    text: "a factory reset is ordered: data are removed with the next boot",
  });
  await wake();
  return { kind: "ordered", newMachineId: offer.newMachineId, kept: shownKept(offer) };
};

export const cancelReset = async ({ files, wake }: Here): Promise<ResetAnswer> => {
  const wasOrdered = await files.cancel();
  await wake();
  return { kind: "cancelled", wasOrdered };
};
