/** Every recorded case that this package can be held against, by file. */
import { compareButane } from "../butane/compare-butane.ts";
import { compareMerge, compareRender } from "./compare-merge.ts";
import { compareValidation, type Difference } from "./compare-validation.ts";
import { type CorpusCase, readCorpus } from "./corpus-file.ts";

type Compare = (found: CorpusCase) => Difference | Promise<Difference>;

/** How the cases of each file are compared. */
export const COMPARISONS: Readonly<Record<string, Compare>> = {
  "ignition-validate.jsonl": compareValidation,
  "ignition-validate-probes.jsonl": compareValidation,
  "ignition-blackbox.jsonl": compareValidation,
  "ignition-merge.jsonl": compareMerge,
  "ignition-merge-probes.jsonl": compareRender,
  "butane.jsonl": compareButane,
  "butane-probes.jsonl": compareButane,
};

/** The outcome for one file. */
export interface Conformance {
  readonly file: string;
  readonly cases: number;
  readonly deviations: readonly { readonly id: string; readonly difference: string }[];
}

/** Compares all cases of a file. */
export const conformanceOf = async (file: string): Promise<Conformance> => {
  const compare = COMPARISONS[file];
  if (compare === undefined) throw new Error(`nothing compares the cases of ${file}`);
  const cases = readCorpus(file);
  const deviations: { readonly id: string; readonly difference: string }[] = [];
  for (const found of cases) {
    const difference = await compare(found);
    if (difference !== undefined) deviations.push({ id: found.id, difference });
  }
  return { file, cases: cases.length, deviations };
};
