/** What slipway publishes of a pair, and what a node does with it on each of its three ways. Shell. */
import path from "node:path";
import process from "node:process";
import { sortFetched } from "./fetched.ts";
import { type Bench, type Ground, openGround } from "./ground.ts";
import { type Outcome, type Spent, type Way, WAYS } from "./outcome.ts";
import { type Published, publishPair } from "./published.ts";
import type { Pair } from "./releases.ts";
import { type Server, serve } from "./server.ts";

/** A program of this directory, which runs as a process of its own. */
const child = (bench: Bench, program: string, args: readonly string[]) =>
  [
    process.execPath,
    "--conditions=@slipway/source",
    path.join(bench.repository, "bench/delta", program),
    ...args,
  ] as const;

/** With code that was compiled before, and with the option that nodes run under (decision 0045). */
const node = (bench: Bench, ground: Ground, args: readonly string[]) =>
  [
    ...([
      "env",
      `NODE_COMPILE_CACHE=${ground.at("compiled")}`,
      "NODE_OPTIONS=--max-semi-space-size=1",
    ] as const),
    ...child(bench, "stage-release.ts", args),
  ] as const;

const stageBy = async (
  bench: Bench,
  ground: Ground,
  {
    pair,
    published,
    server,
    way,
    make,
  }: {
    readonly pair: Pair;
    readonly published: Published;
    readonly server: Server;
    readonly way: Way;
    readonly make: Spent;
  },
): Promise<Outcome> => {
  const before = (await server.sent()).length;
  const apply = await ground.spendOutside(
    `stage-${way}`,
    node(bench, ground, [
      ...[server.url, ground.at("www"), published.manifestFile, published.manifestBefore],
      ...[pair.before.directory, way, ground.directory],
    ]),
  );
  const { metadataBytes: metadata, manifest } = published;
  const fetched = sortFetched(manifest, (await server.sent()).slice(before));
  return {
    bytes: fetched.root + fetched.uki + fetched.index + metadata,
    parts: { ...fetched, metadata },
    make,
    apply,
    result: (await ground.isAfter("slot")) ? "equal" : "differs",
    note: `${(await ground.said(`stage-${way}`)).trim()}; applied with all that staging does: fetched, written, read back, both artifacts`,
  };
};

/** A way that fails is absent, and said; the others are measured all the same. */
export const measureOurs = async (
  bench: Bench,
  pair: Pair,
): Promise<Readonly<Partial<Record<Way, Outcome>>>> => {
  await using ground = await openGround(bench, pair, "ours");
  const published = await publishPair(bench, ground, pair);
  const makeDelta = await ground.spendOutside(
    "make-deltas",
    child(bench, "make-deltas.ts", [
      ...[pair.before.directory, pair.after.directory, ground.at("deltas")],
    ]),
  );
  await ground.spendOutside("load", node(bench, ground, []));
  await using server = await serve(bench.tree, ground.directory);
  const found: Partial<Record<Way, Outcome>> = {};
  for (const way of WAYS) {
    const make = way === "delta" ? makeDelta : published.make;
    const what = `${pair.plan.id}, ours by ${way}`;
    try {
      const outcome = await stageBy(bench, ground, { pair, published, server, way, make });
      bench.say(`${what}: ${outcome.bytes} bytes, ${outcome.result}`);
      found[way] = outcome;
    } catch (error) {
      bench.say(`${what} failed: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
  return found;
};
