/** What slipway makes of a pair, and what a node does with it. Shell. */
import path from "node:path";
import process from "node:process";
import { type Bench, type Ground, openGround } from "./ground.ts";
import type { Outcome, Way } from "./outcome.ts";
import type { Pair } from "./releases.ts";

const child = (bench: Bench, part: string, args: readonly string[]) =>
  [
    process.execPath,
    "--conditions=@slipway/source",
    path.join(bench.repository, "bench/delta/ours-child.ts"),
    part,
    ...args,
  ] as const;

interface Made {
  readonly of: string;
  readonly bytes: number;
  readonly file: string;
}

const readMade = (text: string): readonly Made[] =>
  text.split("\n").flatMap((line) => {
    const [, of, bytes, file] = /^(\S+) (\d+) (.+)$/.exec(line) ?? [];
    return of === undefined || file === undefined ? [] : [{ of, bytes: Number(bytes), file }];
  });

const byDelta = async (bench: Bench, ground: Ground, pair: Pair): Promise<Outcome> => {
  const make = await ground.spendOutside(
    "make-delta",
    child(bench, "make-deltas", [pair.before.directory, pair.after.directory, ground.at("deltas")]),
  );
  const made = readMade(await ground.said("make-delta"));
  const [root, uki] = ["root", "uki"].map((of) => made.find((one) => one.of === of));
  if (root === undefined || uki === undefined) throw new Error("no delta of root and UKI was made");
  const apply = await ground.spendOutside(
    "apply-delta",
    child(bench, "apply-delta", [ground.at("old"), root.file, ground.at("made")]),
  );
  return {
    bytes: root.bytes + uki.bytes,
    parts: { root: root.bytes, uki: uki.bytes },
    make,
    apply,
    result: (await ground.isAfter("made")) ? "equal" : "differs",
  };
};

export const measureOurs = async (
  bench: Bench,
  pair: Pair,
): Promise<Readonly<Partial<Record<Way, Outcome>>>> => {
  await using ground = await openGround(bench, pair, "ours");
  const delta = await byDelta(bench, ground, pair);
  bench.say(`${pair.plan.id}, ours by delta: ${delta.bytes} bytes, ${delta.result}`);
  return { delta };
};
