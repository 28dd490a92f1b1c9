/** zchunk: the root image with its chunks compressed each, of which zckdl fetches what the old one lacks. */
import { mkdir, rename, stat } from "node:fs/promises";
import { type Bench, openGround } from "../ground.ts";
import { type Outcome, together } from "../outcome.ts";
import type { Pair } from "../releases.ts";
import { bytesOf, serve } from "../server.ts";

export const zchunk = async (bench: Bench, pair: Pair): Promise<Outcome> => {
  await using ground = await openGround(bench, pair, "zchunk");
  await mkdir(ground.at("www"));
  await ground.ask(["zck", "-o", "old.zck", "old"]);
  const make = await ground.spend("make", ["zck", "-o", "www/made.zck", "new"]);
  await using server = await serve(bench.tree, ground.directory);
  const apply = [
    await ground.spend("fetch", ["zckdl", "--source=old.zck", `${server.url}/made.zck`]),
    await ground.spend("unpack", ["unzck", "made.zck"]),
  ];
  const answers = await server.sent();
  const bytes = bytesOf(answers);
  await rename(ground.at("made"), ground.at("unpacked"));
  const { size } = await stat(ground.at("www/made.zck"));
  return {
    bytes,
    parts: { root: bytes },
    make,
    apply: together(apply),
    result: (await ground.isAfter("unpacked")) ? "equal" : "differs",
    note: `${answers.length} answers, as nginx counted them; the node keeps the compressed old image for it; the whole is ${(size / 1e6).toFixed(1)} MB`,
  };
};
