/**
 * Where verdicts are kept. In /run for whoever asks in this boot; and on /var, one for each slot, for the release that runs after a bad one has been left.
 */
import type { Files } from "@slipway/host";
import { encodeVerdict, MAX_VERDICT_BYTES, parseVerdictFile, type Verdict } from "@slipway/release";
import type { Places } from "../health/ports.ts";
import type { SlotLetter } from "../node/facts.ts";

export const RUN_VERDICT = "/run/slipway/agent/verdict.json";

export const slotVerdict = (slot: SlotLetter): string =>
  `/var/lib/slipway/agent/verdict-${slot}.json`;

/** The file has the old text or the new one, whatever cut comes: it is written beside, and renamed when it is whole. */
export const keepText = async (files: Files, path: string, text: string): Promise<void> => {
  const beside = `${path}.new`;
  const file = await files.open(beside);
  try {
    await file.truncate(0);
    await file.write(new TextEncoder().encode(text), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(beside, path);
};

export const keepVerdict = (files: Files, path: string, verdict: Verdict): Promise<void> =>
  keepText(files, path, encodeVerdict(verdict));

/** Nothing where there is none that can be read: it is evidence, and is never waited for. */
export const readVerdict = async (
  places: Pick<Places, "at" | "start">,
  path: string,
): Promise<Verdict | undefined> => {
  try {
    if ((await places.at(path))?.isFile !== true) return undefined;
    const text = await places.start(path, MAX_VERDICT_BYTES + 1);
    const parsed = parseVerdictFile(new TextEncoder().encode(text));
    return parsed.ok ? parsed.value : undefined;
  } catch {
    return undefined;
  }
};
