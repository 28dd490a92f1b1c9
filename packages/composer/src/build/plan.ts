/** `slipway build --dry-run`: what a build would do. Writes nothing. */
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Architecture } from "@slipway/ignition-config";
import { AGENT, agentInputs, readBundle } from "../agent/bundle.ts";
import { imageUpdateInputs, readImageUpdate } from "../agent/image-update.ts";
import { NODE, nodeInputs } from "../agent/node-program.ts";
import { type StepInputs, type StepRecipe } from "../cache/key.ts";
import { packagesBelow, peekBelow } from "../cache/store.ts";
import { debFile } from "../lock/debs.ts";
import { lockDrift } from "../lock/ensure.ts";
import { lockFileOf, readLock } from "../lock/file.ts";
import type { Lock } from "../lock/lock.ts";
import { recordedTools } from "../lock/request.ts";
import { findToolbox } from "../tools/tree.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import type { BuildOptions } from "./build.ts";
import { configInputs } from "./config-inputs.ts";
import type { Target } from "./context.ts";
import { releaseDirectory } from "./output.ts";
import { ROOT, rootInputs } from "./root-step.ts";
import * as trees from "./tree-steps.ts";

/** One step of a build that was not made, only looked at. */
export interface PlannedStep {
  readonly step: string;
  /** `unknown`: it depends on what a build would find out first. */
  readonly verdict: "cached" | "make" | "unknown";
  /** Of a step to make: the inputs that changed since it was last made; absent the first time. */
  readonly changed?: readonly string[];
}

/** What a build would do for one architecture. */
export interface PlannedRelease {
  readonly image: string;
  readonly version: string;
  readonly arch: Architecture;
  readonly directory: string;
  /** Why the lock would be brought up to date, as sentences; empty when it fits. */
  readonly drift: readonly string[];
  /** Packages of the lock that are not in the cache. */
  readonly fetch: { readonly count: number; readonly bytes: number };
  readonly steps: readonly PlannedStep[];
}

/** Compares what a build would start from with what is cached. */
export const planBuild = async (options: BuildOptions): Promise<readonly PlannedRelease[]> => {
  const { definition, architectures, cache } = options;
  const { image } = definition;
  const lock = await readLock(lockFileOf(options.definitionFile));
  const toolbox = await findToolbox(options.exec, cache, "compose");
  const tools = toolbox === undefined ? (lock?.tools ?? {}) : recordedTools(toolbox.listing);
  const config = {
    ...(await configInputs(definition.config, lock?.sources ?? [])),
    ...imageUpdateInputs(await readImageUpdate(definition)),
  };
  return Promise.all(
    architectures.map(async (arch): Promise<PlannedRelease> => {
      const { name, version } = image;
      const drift = lockDrift(lock, { ...definition, architectures: [arch] }, tools);
      const certain = drift.length === 0 && !options.noCache;
      return {
        image: name,
        version,
        arch,
        directory: releaseDirectory(options.out, { image: name, version, architecture: arch }),
        drift,
        fetch: await missingPackages(cache, lock, arch),
        steps:
          certain && lock !== undefined && toolbox !== undefined
            ? await planSteps(cache, toolbox, lock, options, arch, config)
            : STEPS.map((step) => ({ step, verdict: options.noCache ? "make" : "unknown" })),
      };
    }),
  );
};

const STEPS = ["kernel", "initrd", "loader", "tree", "agent", "node", "root", "uki"] as const;

const PARTS_OF_THE_ROOT: ReadonlySet<string> = new Set([trees.TREE.name, AGENT.name, NODE.name]);

const missingPackages = async (
  cache: string,
  lock: Lock | undefined,
  architecture: Architecture,
): Promise<PlannedRelease["fetch"]> => {
  let [count, bytes] = [0, 0];
  for (const entry of lock?.architectures[architecture]?.packages ?? []) {
    const there = await stat(debFile({ packages: packagesBelow(cache) }, entry)).then(
      (facts) => facts.size === entry.size,
      () => false,
    );
    if (there) continue;
    count += 1;
    bytes += entry.size;
  }
  return { count, bytes };
};

const planSteps = async (
  cache: string,
  toolbox: Toolbox,
  lock: Lock,
  { definition }: Pick<BuildOptions, "definition">,
  architecture: Architecture,
  config: StepInputs,
): Promise<readonly PlannedStep[]> => {
  const locked = lock.architectures[architecture];
  if (locked === undefined) return [];
  const target: Target = { definition, architecture, lock, locked, onStep: () => undefined };
  const steps: PlannedStep[] = [];
  const peek = async (
    recipe: StepRecipe,
    inputs: StepInputs,
  ): Promise<{ readonly key: string; readonly hit: boolean }> => {
    const found = await peekBelow(cache)(
      recipe,
      `${definition.image.name}-${architecture}`,
      inputs,
    );
    steps.push({
      step: recipe.name,
      verdict: found.hit ? "cached" : "make",
      ...(found.changed === undefined ? {} : { changed: found.changed }),
    });
    return found;
  };
  await peek(trees.KERNEL, trees.kernelInputs(toolbox, target));
  await peek(trees.INITRD, trees.initrdInputs(toolbox, target));
  const loader = await peek(trees.LOADER, trees.loaderInputs(target));
  const tree = await peek(trees.TREE, trees.treeInputs(toolbox, target, lock.accounts));
  const bundle = await peek(AGENT, agentInputs());
  const node = await peek(NODE, nodeInputs(toolbox, architecture));
  // What a bundle holds is known when it is made; until then its key stands for it, so that the root is found to be new.
  const digest = bundle.hit
    ? (await readBundle(path.join(cache, "steps", AGENT.name, bundle.key))).digest
    : bundle.key;
  await peek(
    ROOT,
    rootInputs(toolbox, target, { tree, agent: { bundle: { digest }, node }, loader, config }),
  );
  // The UKI names the root: it is made anew exactly when the root, or what else is in it, is.
  const causes = steps.filter(
    (step) => step.verdict === "make" && !PARTS_OF_THE_ROOT.has(step.step),
  );
  steps.push(
    causes.length === 0
      ? { step: "uki", verdict: "cached" }
      : { step: "uki", verdict: "make", changed: causes.map((step) => step.step) },
  );
  return steps;
};
