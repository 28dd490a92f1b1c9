/** ostree: a static delta of two commits of the trees in the images, with everything in its one file. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { compareTrees, describeTree } from "@slipway/composer/testing";
import { type Bench, openGround } from "../ground.ts";
import { type Outcome, together } from "../outcome.ts";
import type { Pair } from "../releases.ts";

/** Takes a tree out of its image, with owners and modes, and commits it. */
const COMMIT = `
fsck.erofs --extract="tree-$1" --preserve "$1"
ostree --repo=repo commit --branch="$1" --tree=dir="tree-$1" --no-bindings --timestamp=@0 >"commit-$1"
`;

export const ostree = async (bench: Bench, pair: Pair): Promise<Outcome> => {
  await using ground = await openGround(bench, pair, "ostree");
  await ground.ask(["ostree", "--repo=repo", "init", "--mode=archive"]);
  await ground.ask(["ostree", "--repo=repo", "config", "set", "core.fsync", "false"]);
  for (const image of ["old", "new"]) await ground.ask(["sh", "-euc", COMMIT, "commit", image]);
  const commit = async (image: string): Promise<string> =>
    (await readFile(ground.at(`commit-${image}`), "utf8")).trim();
  const [from, to] = [await commit("old"), await commit("new")];
  const make = await ground.spend("make", [
    ...(["ostree", "--repo=repo", "static-delta", "generate", `--from=${from}`] as const),
    // Otherwise files over 4 MB would be no part of it, and fetched whole beside it.
    ...[`--to=${to}`, "--inline", "--min-fallback-size=0", "--filename=delta"],
  ]);
  await ground.ask(["ostree", "--repo=node", "init", "--mode=bare"]);
  await ground.ask(["ostree", "--repo=node", "config", "set", "core.fsync", "false"]);
  await ground.ask(["ostree", "--repo=node", "pull-local", "repo", from]);
  const apply = together([
    await ground.spend("apply", [
      "ostree",
      "--repo=node",
      "static-delta",
      "apply-offline",
      "delta",
    ]),
    await ground.spend("checkout", ["ostree", "--repo=node", "checkout", to, "made"]),
  ]);
  const nothing: ReadonlyMap<string, string> = new Map();
  const differences = compareTrees(
    describeTree(ground.at("tree-new"), nothing),
    describeTree(ground.at("made"), nothing),
  );
  const found = [...differences].filter(([, facts]) => facts !== "links");
  await writeFile(ground.at("differences"), found.join("\n"));
  const { size } = await stat(ground.at("delta"));
  return {
    bytes: size,
    parts: { root: size },
    make,
    apply,
    result: found.length === 0 ? "equal" : "differs",
    note:
      found.length === 0
        ? "compared file by file, for it makes a tree and no image"
        : `${found.length} paths differ: ${found.slice(0, 5).join("; ")}`,
  };
};
