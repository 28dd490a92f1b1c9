/** The root: packages and config as one tree, checked, formatted and hashed. */
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Config } from "@slipway/ignition-config";
import { compareWithPins } from "../accounts/compare-pins.ts";
import { decodePins } from "../accounts/decode-pins.ts";
import type { Accounts } from "../accounts/pins.ts";
import { bakeConfig } from "../bake/bake-config.ts";
import { imageHealthFiles, imageHealthInputs } from "../agent/image-health.ts";
import { type ImageUpdate, readImageUpdate } from "../agent/image-update.ts";
import { loaderFile } from "../agent/agent-paths.ts";
import { placeAgent } from "../agent/place-agent.ts";
import { ARCHITECTURE } from "../architecture.ts";
import { bringFile } from "../bake/bring-file.ts";
import { realOwnership } from "../bake/ownership.ts";
import { RootDirectory } from "../bake/root-directory.ts";
import { disableMasked } from "../bake/units.ts";
import { digestOf, type StepInputs, type StepRecipe } from "../cache/key.ts";
import { applyContract } from "../contract/apply-contract.ts";
import { ComposerError } from "../errors.ts";
import { headroom, LEAST_HEADROOM } from "../image/geometry.ts";
import { makeRootImage, makeVerityTree } from "../image/root-image.ts";
import { treeDigest } from "../image/tree-digest.ts";
import { derivedUuid } from "../image/uuid.ts";
import { sha256File } from "../lock/debs.ts";
import { writeTreeFile } from "../contract/tree-files.ts";
import { nodeFingerprint, writeNodeFiles } from "../node/files.ts";
import { withNodeGroups } from "../node/groups.ts";
import { packagesJson } from "../packages/packages-json.ts";
import { sbomJson } from "../sbom/sbom.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import type { Kernel } from "../tree/kernel.ts";
import { COMPOSER_VERSION } from "../version.ts";
import { type Agent, agentRootInputs } from "./agent-step.ts";
import { type BuildContext, runStep, type Target } from "./context.ts";
import { firstBootInputs, writeFirstBoot } from "./first-boot.ts";
import { type ReleasePackages, releasePackages } from "./release-packages.ts";
import { lintTree, readAttributes, settleFindings } from "./root-checks.ts";
import { settled } from "./settled.ts";
import type { Loader, TreeResult } from "./tree-steps.ts";
import { warnOfUnits } from "./verify-units.ts";

/** What later steps need to know of a root. */
interface RootFacts {
  /** Lower-case hex. */
  readonly roothash: string;
  readonly rootUuid: string;
  readonly verityUuid: string;
  /** All ids of the image, those of earlier releases included: what the lock is to keep. */
  readonly pins: Accounts;
}

/** What is in every root beside its packages and its config. */
export interface Shipped {
  readonly agent: Agent;
  readonly loader: Loader;
}

export interface Root extends RootFacts {
  readonly key: string;
  /** Holds `root.erofs`, `root.verity`, `packages.json`, `sbom.spdx.json`. */
  readonly directory: string;
  readonly sizeBytes: number;
  /** A copy of the root's os-release, for the UKI. */
  readonly osRelease: string;
}

export const ROOT: StepRecipe = { name: "root", revision: 4 };

/** Everything a root is made from; `config` is `configInputs` of the definition. */
export const rootInputs = (
  toolbox: Toolbox,
  target: Target,
  parts: {
    readonly tree: Pick<TreeResult, "key">;
    readonly agent: Parameters<typeof agentRootInputs>[0];
    readonly loader: Pick<Loader, "key">;
    readonly config: StepInputs;
  },
): StepInputs => {
  const { image } = target.definition;
  return {
    ...parts.config,
    ...firstBootInputs(target.definition),
    ...imageHealthInputs(target.definition),
    ...agentRootInputs(parts.agent),
    tree: parts.tree.key,
    loader: parts.loader.key,
    node: nodeFingerprint(),
    tools: toolbox.digest,
    slipway: COMPOSER_VERSION,
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
  { tree, kernel, ...shipped }: Shipped & { readonly tree: TreeResult; readonly kernel: Kernel },
  inputs: StepInputs,
): Promise<Root> => {
  const { store, progress } = context;
  const { image } = target.definition;
  const { directory, key } = await runStep(context, target, ROOT, inputs, async (made, note) => {
    await using work = await store.scratch("root");
    const root = path.join(work.directory, "tree");
    note("taking over the packages");
    await linkTree(context, tree.tree, root);
    note("baking the config");
    const pins = await finishTree(context, target, root, shipped);
    note("checking and formatting");
    const attributes = await readAttributes(context, root);
    // Programs format the tree and read the packages; this process looks at the tree meanwhile. What it finds wrong fails
    // the step as a whole, image and all.
    const [{ sha256, ...facts }, packages] = await settled([
      formatRoot(context, target, root, attributes, made),
      releasePackages(context, target, root, kernel),
      lintTree(context, target, root, attributes),
      warnOfUnits(context, target, root),
    ]);
    await describePackages(
      target,
      { tree: tree.tree, packages, agent: shipped.agent, rootSha256: sha256 },
      made,
    );
    await writeFile(
      path.join(made, "os-release"),
      await readFile(path.join(root, "usr/lib/os-release")),
    );
    await writeFile(path.join(made, "root.json"), JSON.stringify({ ...facts, pins }));
  });
  await store.prune(ROOT, 4);
  const root = await readRoot(key, directory);
  const left = headroom(root.sizeBytes, image.slotSizeMib);
  if (left >= 0 && left < LEAST_HEADROOM) {
    progress.warn(
      `the root leaves ${Math.floor(left * 100)} % of its slot of ${image.slotSizeMib} MiB: later releases may not fit, and a slot cannot grow`,
    );
  }
  return root;
};

const aborting = (context: BuildContext) =>
  context.progress.signal === undefined ? {} : { signal: context.progress.signal };

/**
 * A tree of its own directories with the cached tree's files as second names: a hundred times less to write than a
 * copy. Whoever changes such a file gives it an inode of its own first (`bake/contents.ts`), and the programs that
 * are let at the tree only make links.
 */
const linkTree = async (context: BuildContext, from: string, to: string): Promise<void> => {
  await context.toolbox.run(
    { argv: ["cp", "-al", from, to], purpose: "taking over the package tree" },
    { writable: [context.store.root], ...aborting(context) },
  );
};

/**
 * Config, presets and contract, in this order: presets are applied to all units there are, and the contract puts the
 * finished tree into its form. Returns the ids that the lock is to keep.
 */
export const finishTree = async (
  context: BuildContext,
  target: Target,
  root: string,
  shipped: Shipped,
): Promise<Accounts> => {
  const { definition, lock } = target;
  addNodeFiles(root, target, shipped, await readImageUpdate(definition));
  const baked = await bakeConfig({
    root,
    definition: withNodeGroups(definition),
    ownership: realOwnership,
    pins: lock.accounts,
    ...aborting(context),
  });
  settleFindings(context, baked.findings);
  const comparison = compareWithPins(baked.accounts, lock.accounts);
  if (comparison.findings.length > 0) {
    throw new ComposerError(
      "ACCOUNT_CHANGED",
      comparison.findings.map((finding) => finding.message).join("\n"),
      { hint: comparison.findings[0]?.hint ?? "keep the ids that the lock names" },
    );
  }
  for (const scope of [[], ["--global"]]) {
    await context.toolbox.run(
      {
        argv: ["systemctl", `--root=${root}`, ...scope, "preset-all"],
        purpose: "applying the presets",
      },
      { writable: [root], ...aborting(context) },
    );
  }
  dropMasked(root, definition.config);
  // Last, since it moves /var away: presets may still make links there.
  const finished = await applyContract({
    root,
    image: definition.image,
    ownership: realOwnership,
  });
  settleFindings(context, finished.findings);
  return comparison.pins;
};

/** After the presets, which link what they enable whether it is masked or not. */
const dropMasked = (path: string, { systemd }: Pick<Config, "systemd">): void => {
  using root = new RootDirectory(path, realOwnership);
  disableMasked(root, systemd.units);
};

/** Before the config, which may say otherwise. */
const addNodeFiles = (
  path: string,
  { definition, architecture, lock }: Target,
  { agent, loader }: Shipped,
  update: ImageUpdate,
): void => {
  using root = new RootDirectory(path, realOwnership);
  writeNodeFiles(root);
  bringFile(root, loader.program, loaderFile(ARCHITECTURE[architecture].efi), 0o644);
  placeAgent(root, agent, { image: definition.image, architecture, lock, update });
  for (const { path: name, text } of imageHealthFiles(definition)) writeTreeFile(root, name, text);
  writeFirstBoot(root, definition);
};

const formatRoot = async (
  { toolbox, progress }: BuildContext,
  { definition, architecture, lock }: Target,
  root: string,
  attributes: string,
  directory: string,
): Promise<Omit<RootFacts, "pins"> & { readonly sha256: string }> => {
  const { name } = definition.image;
  const digest = treeDigest(root, attributes);
  const rootUuid = derivedUuid("root", name, architecture, digest);
  const verityUuid = derivedUuid("verity", name, architecture, digest);
  const image = await makeRootImage(
    toolbox,
    { tree: root, epoch: lock.epoch, uuid: rootUuid, label: name },
    directory,
    progress.signal,
  );
  const [roothash, sha256] = await settled([
    makeVerityTree(toolbox, { salt: lock.salt, uuid: verityUuid }, directory, progress.signal),
    sha256File(image),
  ]);
  return { roothash, rootUuid, verityUuid, sha256 };
};

const describePackages = async (
  target: Target,
  root: {
    /** The package tree, before the config. */
    readonly tree: string;
    readonly packages: ReleasePackages;
    readonly agent: Agent;
    readonly rootSha256: string;
  },
  directory: string,
): Promise<void> => {
  const { packages, agent, rootSha256 } = root;
  const { version, packages: bundled } = agent.bundle;
  const { definition, architecture, lock } = target;
  await writeFile(path.join(directory, "packages.json"), packagesJson(packages.root));
  // Debian's own os-release, which the image's has replaced in the root.
  const release = await readFile(path.join(root.tree, "usr/lib/os-release"), "utf8");
  const debian = /^VERSION_ID="?([0-9.]+)/m.exec(release);
  await writeFile(
    path.join(directory, "sbom.spdx.json"),
    sbomJson({
      image: {
        name: definition.image.name,
        version: definition.image.version,
        architecture,
        rootSha256,
      },
      packages: packages.root,
      bootPackages: packages.boot,
      agent: { version, node: agent.node.package, packages: bundled },
      distribution: { id: "debian", versionId: debian?.[1] ?? definition.image.suite },
      epoch: lock.epoch,
      toolVersion: COMPOSER_VERSION,
    }),
  );
};

/** Our own file, read as if it were not: a cache is a directory that others can write to as well. */
const readRoot = async (key: string, directory: string): Promise<Root> => {
  const file = path.join(directory, "root.json");
  const broken = (what: string): ComposerError =>
    new ComposerError("TOOL_OUTPUT", `${file}: ${what}`, {
      hint: "the cache was changed by something else: remove it and build again",
    });
  const parsed: unknown = JSON.parse(await readFile(file, "utf8"));
  if (typeof parsed !== "object" || parsed === null) throw broken("must be an object");
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const text = (name: string, shape: RegExp): string => {
    const value = fields.get(name);
    if (typeof value === "string" && shape.test(value)) return value;
    throw broken(`${name} must match ${shape}`);
  };
  const pins = decodePins(fields.get("pins"));
  if (!pins.ok) throw broken(`pins.${pins.where} ${pins.message}`);
  const { size } = await stat(path.join(directory, "root.erofs"));
  return {
    key,
    directory,
    roothash: text("roothash", /^[0-9a-f]{64}$/),
    rootUuid: text("rootUuid", /^[0-9a-f-]{36}$/),
    verityUuid: text("verityUuid", /^[0-9a-f-]{36}$/),
    pins: pins.pins,
    sizeBytes: size,
    osRelease: path.join(directory, "os-release"),
  };
};
