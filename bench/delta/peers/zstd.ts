/** zstd with the old root image as what it compresses against. */
import { stat } from "node:fs/promises";
import { type Bench, openGround } from "../ground.ts";
import type { Outcome, Spent } from "../outcome.ts";
import type { Pair } from "../releases.ts";

/** Against an old image higher levels are not smaller for sure, so the smallest of these counts. */
const LEVELS = [3, 9, 12] as const;

/** A window of a gibibyte, more than any of the images. */
const WINDOW = "--long=30";

export const zstd = async (bench: Bench, pair: Pair): Promise<Outcome> => {
  await using ground = await openGround(bench, pair, "zstd");
  const made: { readonly level: number; readonly size: number; readonly make: Spent }[] = [];
  for (const level of LEVELS) {
    const make = await ground.spend(`make-${level}`, [
      ...(["zstd", "-q", `-${level}`, WINDOW, "--patch-from=old", "new", "-o"] as const),
      `delta-${level}`,
    ]);
    made.push({ level, make, size: (await stat(ground.at(`delta-${level}`))).size });
  }
  const [best] = made.toSorted((a, b) => a.size - b.size);
  if (best === undefined) throw new Error("zstd was run at no level");
  const apply = await ground.spend("apply", [
    ...(["zstd", "-q", "-d", WINDOW, "--patch-from=old", `delta-${best.level}`] as const),
    ...["-o", "made"],
  ]);
  return {
    bytes: best.size,
    parts: { root: best.size },
    make: best.make,
    apply,
    result: (await ground.isAfter("made")) ? "equal" : "differs",
    note: `level ${best.level}, the smallest of ${LEVELS.join(", ")}`,
  };
};
