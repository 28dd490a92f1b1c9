/** The root: packages and config as one tree, checked, formatted and hashed. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Accounts } from "../accounts/pins.ts";
import { digestOf, type StepInputs, type StepRecipe } from "../cache/key.ts";
import { headroom, LEAST_HEADROOM } from "../image/geometry.ts";
import { makeRootImage, makeVerityTree } from "../image/root-image.ts";
import { treeDigest } from "../image/tree-digest.ts";
import { derivedUuid } from "../image/uuid.ts";
import { type BuildContext, runStep, type Target } from "./context.ts";
import type { TreeResult } from "./tree-steps.ts";

export interface Root {
  readonly key: string;
  /** Holds `root.erofs`, `root.verity`, `packages.json`, `sbom.spdx.json`. */
  readonly directory: string;
  /** Lower-case hex. */
  readonly roothash: string;
  readonly rootUuid: string;
  readonly verityUuid: string;
  readonly sizeBytes: number;
  /** A copy of the root's os-release, for the UKI. */
  readonly osRelease: string;
  /** All ids of the image, those of earlier releases included: what the lock is to keep. */
  readonly pins: Accounts;
}

const ROOT: StepRecipe = { name: "root", revision: 1 };

/** Everything a root is made from; `config` is `configInputs` of the definition. */
export const rootInputs = (
  context: BuildContext,
  target: Target,
  tree: TreeResult,
  config: StepInputs,
): StepInputs => {
  const { image } = target.definition;
  return {
    ...config,
    tree: tree.key,
    tools: context.toolbox.digest,
    image: image.name,
    version: image.version,
    "os-release": digestOf(Object.entries(image.osRelease).toSorted()),
    "set-id files": digestOf(image.setIdFiles.toSorted()),
    epoch: String(target.lock.epoch),
    salt: target.lock.salt,
  };
};

export const rootStep = async (
  context: BuildContext,
  target: Target,
  tree: TreeResult,
  inputs: StepInputs,
): Promise<Root> => {
  const { toolbox, store, progress } = context;
  const { definition, architecture, lock } = target;
  const { image } = definition;
  const abort = progress.signal === undefined ? {} : { signal: progress.signal };
  const { directory, key } = await runStep(context, target, ROOT, inputs, async (made, note) => {
    await using work = await store.scratch("root");
    const root = path.join(work.directory, "tree");
    note("copying the packages");
    await toolbox.run(
      { argv: ["cp", "-a", "--reflink=auto", tree.tree, root], purpose: "copying the package tree" },
      { writable: [work.directory], readable: [tree.tree], ...abort },
    );
    const digest = treeDigest(root, "");
    const rootUuid = derivedUuid("root", image.name, architecture, digest);
    const verityUuid = derivedUuid("verity", image.name, architecture, digest);
    note("formatting");
    await makeRootImage(
      toolbox,
      { tree: root, epoch: lock.epoch, uuid: rootUuid, label: image.name },
      made,
      progress.signal,
    );
    const roothash = await makeVerityTree(
      toolbox,
      { salt: lock.salt, uuid: verityUuid },
      made,
      progress.signal,
    );
    await writeFile(path.join(made, "os-release"), await readFile(path.join(root, "usr/lib/os-release")));
    await writeFile(path.join(made, "packages.json"), "[]\n");
    await writeFile(path.join(made, "sbom.spdx.json"), "{}\n");
    await writeFile(path.join(made, "root.json"), JSON.stringify({ roothash, rootUuid, verityUuid }));
  });
  await store.prune(ROOT, 4);
  return readRoot(key, directory);
};

const readRoot = async (key: string, directory: string): Promise<Root> => {
  const facts = JSON.parse(await readFile(path.join(directory, "root.json"), "utf8"));
  return { key, directory, ...facts, sizeBytes: (await stat(path.join(directory, "root.erofs"))).size, osRelease: path.join(directory, "os-release"), pins: { users: {}, groups: {} } };
};
