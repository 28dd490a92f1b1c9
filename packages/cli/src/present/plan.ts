/** What `slipway build --dry-run` says. Pure. */
import type { PlannedRelease } from "@slipway/composer";
import { formatSize } from "@slipway/host/command-line";
import { inOrder, stepLines } from "./steps.ts";

const lockLine = (drift: readonly string[]): string =>
  drift.length === 0 ? "fits" : `to be brought up to date: ${drift.join("; ")}`;

const fetchLine = ({ count, bytes }: PlannedRelease["fetch"]): string =>
  count === 0
    ? "nothing to fetch"
    : `${count} ${count === 1 ? "package" : "packages"} to fetch, ${formatSize(bytes)}`;

export const planSummary = (plan: PlannedRelease): string =>
  `${[
    `${plan.image} ${plan.version} for ${plan.arch}: nothing was written`,
    `  directory  ${plan.directory}`,
    `  lock       ${lockLine(plan.drift)}`,
    `  packages   ${fetchLine(plan.fetch)}`,
    ...stepLines(plan.steps, "planned").map((line) => `  ${line}`),
  ].join("\n")}\n`;

const planDocument = (plan: PlannedRelease): unknown => ({
  image: plan.image,
  version: plan.version,
  arch: plan.arch,
  directory: plan.directory,
  drift: plan.drift,
  fetch: { count: plan.fetch.count, bytes: plan.fetch.bytes },
  steps: inOrder(plan.steps).map(({ step, verdict, changed }) => ({
    step,
    verdict,
    ...(changed === undefined ? {} : { changed }),
  })),
});

/** One document for one architecture, a list for several. */
export const plansDocument = (plans: readonly PlannedRelease[]): unknown => {
  const [first, ...others] = plans;
  return first !== undefined && others.length === 0 ? planDocument(first) : plans.map(planDocument);
};
