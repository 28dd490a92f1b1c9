/** `slipway build --dry-run`: what a build would do. Writes nothing. */
import type { Architecture, ImageDefinition } from "@slipway/ignition-config";
import type { StepInputs, StepRecipe } from "../cache/key.ts";
import type { StepStore } from "../cache/store.ts";
import { lockDrift } from "../lock/ensure.ts";
import type { Lock } from "../lock/lock.ts";
import { recordedTools } from "../lock/request.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { configInputs } from "./config-inputs.ts";
import type { Target } from "./context.ts";
import { ROOT, rootInputs } from "./root-step.ts";
import {
  INITRD,
  initrdInputs,
  KERNEL,
  kernelInputs,
  LOADER,
  loaderInputs,
  TREE,
  treeInputs,
} from "./tree-steps.ts";

export interface PlannedStep {
  readonly step: string;
  readonly architecture: Architecture;
  /** Whether it would be made; otherwise it comes from the cache. */
  readonly make: boolean;
  /** The inputs that changed since it was last made for this image; absent the first time. */
  readonly changed?: readonly string[];
}

export interface BuildPlan {
  /** Why the packages would be resolved anew, as sentences; empty when the lock can be used. */
  readonly resolve: readonly string[];
  /** Whether the tools would be composed first. */
  readonly composeTools: boolean;
  /** Empty while it is not known which packages there would be. */
  readonly steps: readonly PlannedStep[];
}

/** Compares what a build would start from with what is cached. `toolbox` is undefined while there are no tools. */
export const planBuild = async (
  store: Pick<StepStore, "peek">,
  toolbox: Toolbox | undefined,
  lock: Lock | undefined,
  definition: ImageDefinition,
  architectures: readonly Architecture[],
): Promise<BuildPlan> => {
  const { image } = definition;
  const tools = toolbox === undefined ? (lock?.tools ?? {}) : recordedTools(toolbox.listing);
  const resolve = lockDrift(lock, { image, architectures }, tools);
  if (toolbox === undefined || lock === undefined || resolve.length > 0) {
    return { resolve, composeTools: toolbox === undefined, steps: [] };
  }
  const config = await configInputs(definition.config);
  const steps: PlannedStep[] = [];
  for (const architecture of architectures) {
    const locked = lock.architectures[architecture];
    if (locked === undefined) continue;
    const target: Target = { definition, architecture, lock, locked, onStep: () => undefined };
    const peek = async (recipe: StepRecipe, inputs: StepInputs) => {
      const found = await store.peek(recipe, `${image.name}-${architecture}`, inputs);
      steps.push({
        step: recipe.name,
        architecture,
        make: !found.hit,
        ...(found.changed === undefined ? {} : { changed: found.changed }),
      });
      return found;
    };
    await peek(KERNEL, kernelInputs(toolbox, target));
    await peek(INITRD, initrdInputs(toolbox, target));
    await peek(LOADER, loaderInputs(target));
    const tree = await peek(TREE, treeInputs(toolbox, target, lock.accounts));
    const root = await peek(ROOT, rootInputs(toolbox, target, tree, config));
    // The UKI names the root: it is made anew exactly when the root, or what else is in it, is.
    const made = steps.some((step) => step.architecture === architecture && step.make);
    steps.push({ step: "release", architecture, make: made || !root.hit });
  }
  return { resolve, composeTools: false, steps };
};
