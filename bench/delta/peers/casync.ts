/** casync: chunks of the root image at its usual sizes, those that the old image lacks fetched over HTTP. */
import { mkdir } from "node:fs/promises";
import { type Bench, openGround } from "../ground.ts";
import type { Outcome } from "../outcome.ts";
import type { Pair } from "../releases.ts";
import { bytesOf, serve } from "../server.ts";

export const casync = async (bench: Bench, pair: Pair): Promise<Outcome> => {
  await using ground = await openGround(bench, pair, "casync");
  await mkdir(ground.at("www"));
  const make = await ground.spend("make", [
    ...(["casync", "make", "--store=www/new.castr", "www/new.caibx", "new"] as const),
  ]);
  await using server = await serve(bench.tree, ground.directory);
  const apply = await ground.spend("apply", [
    ...(["casync", "extract", `--store=${server.url}/new.castr`, "--seed=old"] as const),
    ...[`${server.url}/new.caibx`, "made"],
  ]);
  const answers = await server.sent();
  const bytes = bytesOf(answers);
  return {
    bytes,
    parts: { root: bytes },
    make,
    apply,
    result: (await ground.isAfter("made")) ? "equal" : "differs",
    note: `${answers.length} answers, the index among them, as nginx counted them`,
  };
};
