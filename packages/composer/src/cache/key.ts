/** The identity of a step's result: everything that can change its bytes, and nothing else. */
import { hash } from "node:crypto";

/** What a step is made from. Values are digests, versions or short settings. */
export type StepInputs = Readonly<Record<string, string>>;

/** Raise when a step's own code changes in a way that changes its result. */
export interface StepRecipe {
  readonly name: string;
  readonly revision: number;
}

/** Hex SHA-256 over name, revision and the sorted inputs. */
export const stepKey = (recipe: StepRecipe, inputs: StepInputs): string =>
  digestOf([recipe.name, recipe.revision, ...sortedEntries(inputs)]);

/** Hex SHA-256 of a value's JSON: for values whose key order is fixed by the code that makes them. */
export const digestOf = (value: unknown): string => hash("sha256", JSON.stringify(value));

const sortedEntries = (inputs: StepInputs): readonly (readonly [string, string])[] =>
  Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** The names of inputs that differ, new and vanished ones included, sorted. */
export const changedInputs = (before: StepInputs, after: StepInputs): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .toSorted();
