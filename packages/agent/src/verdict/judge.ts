/** What the checks and the reading of the root amount to. Pure. */
import { boundLine, type CheckResult, type Verdict } from "@slipway/release";
import type { RootRead } from "./read-root.ts";

/** Reading the root, told as the check that it is. */
export const rootResult = (read: RootRead, milliseconds: number): CheckResult => {
  const common = {
    name: "slipway/root",
    level: "required",
    tries: 1,
    milliseconds: Math.round(milliseconds),
    output: [],
  } as const;
  switch (read.kind) {
    case "whole":
      return {
        ...common,
        outcome: "passed",
        seen: `all ${read.bytes} bytes of the root were read`,
      };
    case "damaged":
      return {
        ...common,
        outcome: "failed",
        seen: boundLine(`the root cannot be read: ${read.reason}`),
      };
    case "ended":
      return { ...common, outcome: "unfinished", seen: "the root was not read to its end" };
  }
};

/** The first thing that a reader wants to know. */
const reasonOf = ({ name, outcome, seen }: CheckResult): string =>
  boundLine(`${name}${outcome === "unfinished" ? " was not finished" : ""}: ${seen}`);

/** Good where every required check passed, bad otherwise. `checks` has the required ones first, and what failed first. */
export const judge = (
  checks: readonly CheckResult[],
): Pick<Verdict, "reason"> & { readonly verdict: "good" | "bad" } => {
  const fault = checks.find(({ level, outcome }) => level === "required" && outcome !== "passed");
  if (fault !== undefined) return { verdict: "bad", reason: reasonOf(fault) };
  const required = checks.filter(({ level }) => level === "required").length;
  const troubles = checks.filter(({ outcome }) => outcome !== "passed");
  return {
    verdict: "good",
    reason: boundLine(
      `all ${required} required checks passed${troubles.length === 0 ? "" : `; not so ${troubles.map(({ name }) => name).join(", ")}`}`,
    ),
  };
};
