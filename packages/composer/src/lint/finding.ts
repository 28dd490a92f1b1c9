/** Errors stop a build; warnings are shown. */
export type LintSeverity = "error" | "warning";

/** One thing that is wrong with a tree. */
export interface LintFinding {
  /** The rule's id: stable, and listed in `LINT_RULES` with the reason for the rule. */
  readonly rule: string;
  readonly severity: LintSeverity;
  /** Where, as in `TreeEntry`. */
  readonly path: string;
  /** A lower-case fact without a full stop. */
  readonly message: string;
  /** What to do about it, an imperative sentence. */
  readonly hint: string;
}

/** What a lint found, ordered by rule, then in the order of the tree. */
export interface LintReport {
  readonly findings: readonly LintFinding[];
  /** By rule, how many more findings there were than the report holds. */
  readonly omitted: Readonly<Record<string, number>>;
  /** Rules that could not be checked, with the reason: silence about them is no clean bill. */
  readonly skipped: readonly { readonly rule: string; readonly reason: string }[];
  readonly facts: TreeFacts;
}

/** Numbers about the tree that a report or a smoke test may want. */
export interface TreeFacts {
  readonly entries: number;
  readonly files: number;
  /** The sum of the sizes of regular files, in bytes. */
  readonly bytes: number;
  /** How many ELF files there are of each `e_machine`, such as 62 for x86-64. */
  readonly elfMachines: Readonly<Record<string, number>>;
}

/** Whether a tree must not be shipped as it is. */
export const isRefused = (report: LintReport): boolean =>
  report.findings.some(({ severity }) => severity === "error") ||
  Object.values(report.omitted).some((count) => count > 0);
