import type { Clock, Exec } from "@slipway/host";
import type { Architecture, ImageDefinition } from "@slipway/ignition-config";
import type { StepInputs, StepRecipe } from "../cache/key.ts";
import type { StepResult, StepStore } from "../cache/store.ts";
import type { Environment } from "../lock/http-get.ts";
import type { Lock, LockedArchitecture } from "../lock/lock.ts";
import type { Progress } from "../progress.ts";
import type { Mirrors } from "../tools/apt-sources.ts";
import type { Toolbox } from "../tools/toolbox.ts";

/** What every build works with. */
export interface BuildContext {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly store: StepStore;
  readonly toolbox: Toolbox;
  readonly environment: Environment;
  readonly sources: () => Promise<{ mirrors: Mirrors; aptSettings: readonly string[] }>;
}

/** One architecture of one image: what its steps are made from. */
export interface Target {
  readonly definition: ImageDefinition;
  readonly architecture: Architecture;
  readonly lock: Lock;
  readonly locked: LockedArchitecture;
  /** Told of every step: whether it was found in the cache, and what changed if not. */
  readonly onStep: (step: StepReport) => void;
}

export interface StepReport {
  readonly step: string;
  readonly architecture: Architecture;
  readonly hit: boolean;
  /** On a miss: the inputs that changed since this step was last made for this image; absent the first time. */
  readonly changed?: readonly string[];
  /** Milliseconds. */
  readonly took: number;
}

/** Runs a step for a target and tells about it. */
export const runStep = async (
  { store, clock, progress }: BuildContext,
  target: Target,
  recipe: StepRecipe,
  inputs: StepInputs,
  make: (directory: string, note: (text: string) => void) => Promise<void>,
): Promise<StepResult> => {
  const { architecture, definition } = target;
  const started = clock.monotonicMs();
  const result = await store.run(
    recipe,
    `${definition.image.name}-${architecture}`,
    inputs,
    (directory) =>
      progress.task(`${recipe.name} ${architecture}`, "", (task) =>
        make(directory, (text) => task.note(text)),
      ),
  );
  target.onStep({
    step: recipe.name,
    architecture,
    hit: result.hit,
    ...(result.changed === undefined ? {} : { changed: result.changed }),
    took: clock.monotonicMs() - started,
  });
  return result;
};
