/** One artifact on its way: what the best way to it needs is fetched, and the other ways are kept in mind. */
import {
  type Attempts,
  dismiss,
  isOfTheWay,
  noWay,
  type Prepared,
  prepareWays,
  type WaysContext,
} from "./ways.ts";
import type { Recipe, Way } from "./way.ts";

export interface Artifact {
  readonly of: Way["of"];
  /** The way by which it was made, once it is. */
  by: string | undefined;
  readonly context: WaysContext;
  readonly prepared: AsyncGenerator<Prepared, void, void>;
  readonly attempts: Attempts;
  readonly first: Prepared;
}

/** @throws ReceiverError `NO_TRANSPORT` when no way can even be begun */
export const beginArtifact = async (
  context: WaysContext,
  of: Way["of"],
  { ways, barred }: { readonly ways: readonly Way[]; readonly barred: readonly string[] },
): Promise<Artifact> => {
  const attempts: Attempts = { failed: [...barred] };
  const prepared = prepareWays(context, ways, attempts);
  const first = await prepared.next();
  if (first.done === true) throw noWay(of, attempts);
  return { of, by: undefined, context, prepared, attempts, first: first.value };
};

/** Makes it by the first way that leads there. `attempt` begins anew each time it is called. */
export const makeArtifact = async (
  artifact: Artifact,
  attempt: (recipe: Recipe) => Promise<void>,
): Promise<void> => {
  const { context, prepared, attempts } = artifact;
  for (let recipe = artifact.first; ;) {
    try {
      await attempt(recipe);
      artifact.by = recipe.way.name;
      return;
    } catch (error) {
      if (!isOfTheWay(error)) throw error;
      await dismiss(context, recipe.way, error, attempts);
    }
    const next = await prepared.next();
    if (next.done === true) throw noWay(artifact.of, attempts);
    recipe = next.value;
  }
};

export const endArtifact = async ({ prepared }: Artifact): Promise<void> => {
  await prepared.return();
};
