import type { LintPolicy } from "../../src/lint/policy.ts";
import type { ATree } from "./a-tree.ts";

export type Case = readonly [
  what: string,
  changes: ATree,
  paths: readonly string[],
  policy?: Partial<LintPolicy>,
];

/** Per rule: what it refuses and where, and what looks like it and passes. */
export type Cases = Readonly<Record<string, readonly Case[]>>;
