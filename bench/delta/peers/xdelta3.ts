/** xdelta3 over the whole root image. */
import { stat } from "node:fs/promises";
import { type Bench, openGround } from "../ground.ts";
import type { Outcome } from "../outcome.ts";
import type { Pair } from "../releases.ts";

/** The whole of the old image is what it may take from: a gibibyte at most. */
const SOURCE_WINDOW = "-B1073741824";

export const xdelta3 = async (bench: Bench, pair: Pair): Promise<Outcome> => {
  await using ground = await openGround(bench, pair, "xdelta3");
  const make = await ground.spend("make", [
    ...(["xdelta3", "-e", "-9", SOURCE_WINDOW, "-s", "old", "new", "delta"] as const),
  ]);
  const apply = await ground.spend("apply", [
    ...(["xdelta3", "-d", SOURCE_WINDOW, "-s", "old", "delta", "made"] as const),
  ]);
  const { size } = await stat(ground.at("delta"));
  return {
    bytes: size,
    parts: { root: size },
    make,
    apply,
    result: (await ground.isAfter("made")) ? "equal" : "differs",
  };
};
