/** Health as an operator asks for it: of the last probation, or now. */
import { readHealthFiles } from "../../health/health-files.ts";
import { linuxHealthPorts } from "../../health/linux/ports.ts";
import { checkNow } from "../../verdict/asked-trials.ts";
import { readVerdict, RUN_VERDICT } from "../../verdict/kept-verdict.ts";
import type { HealthAnswer } from "../agent.ts";

export const askHealth = async ({ now }: { readonly now: boolean }): Promise<HealthAnswer> => {
  const { badFiles } = await readHealthFiles(linuxHealthPorts.places);
  return {
    verdict: await readVerdict(linuxHealthPorts.places, RUN_VERDICT),
    now: now ? await checkNow(linuxHealthPorts) : undefined,
    problems: badFiles.map(({ path, reason }) => `${path}: ${reason}`),
  };
};
