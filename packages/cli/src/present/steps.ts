/** Why steps were made, or would be. Pure. */

export interface ShownStep {
  readonly step: string;
  readonly verdict: "cached" | "make" | "unknown";
  readonly changed?: readonly string[];
  readonly tookMs?: number;
}

/** In the order in which one needs the other; steps that run at the same time would change places from run to run. */
const ORDER: readonly string[] = [
  "tools",
  "kernel",
  "loader",
  "initrd",
  "tree",
  "root",
  "uki",
  "release",
];

export const inOrder = <T extends { readonly step: string }>(steps: readonly T[]): readonly T[] => {
  const rank = ({ step }: T): number => (ORDER.includes(step) ? ORDER.indexOf(step) : ORDER.length);
  return steps.toSorted(
    (a, b) => rank(a) - rank(b) || (a.step < b.step ? -1 : a.step > b.step ? 1 : 0),
  );
};

/** More names than this are counted: after a point release hundreds of packages change at once. */
const SHOWN_NAMES = 12;

const names = (changed: readonly string[]): string => {
  const shown = changed.slice(0, SHOWN_NAMES).join(", ");
  const hidden = changed.length - SHOWN_NAMES;
  return hidden > 0 ? `${shown} and ${hidden} more` : shown;
};

/** Past tense for what was done, conditional for what would be. */
const WORDS = {
  done: { cached: "from the cache", make: "made", unknown: "made" },
  planned: { cached: "from the cache", make: "to be made", unknown: "depends on the steps above" },
} as const;

const reason = ({ verdict, changed }: ShownStep): string => {
  if (verdict !== "make") return "";
  if (changed === undefined) return ", for the first time";
  if (changed.length === 0) return ", since its result is no longer in the cache";
  return `, because of ${names(changed)}`;
};

/** One line a step. */
export const stepLines = (
  steps: readonly ShownStep[],
  tense: keyof typeof WORDS,
): readonly string[] => {
  const columns = Math.max(0, ...steps.map(({ step }) => step.length));
  return inOrder(steps).map(
    (step) => `${step.step.padEnd(columns)}  ${WORDS[tense][step.verdict]}${reason(step)}`,
  );
};
