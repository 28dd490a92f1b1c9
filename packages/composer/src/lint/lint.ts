import { readAccounts } from "./accounts.ts";
import { elfFacts } from "./elf.ts";
import type { LintFinding, LintReport } from "./finding.ts";
import { LINT_RULES } from "./lint-rules.ts";
import type { LintPolicy } from "./policy.ts";
import type { Say } from "./rule.ts";
import type { ReadContent, TreeEntry } from "./tree-entry.ts";
import { growingIndex } from "./tree-index.ts";

/** A lint of one tree: show it every entry in the order of the tree, then finish it once. */
export interface Lint {
  readonly visit: (entry: TreeEntry) => void;
  readonly finish: (read: ReadContent) => LintReport;
}

/** Per rule: a tree with more faults of one kind has one fault, and the report stays readable and small. */
const MAX_FINDINGS = 100;

/** Starts a lint. `hasXattrs` says whether the entries come with their extended attributes or without. */
export const startLint = (policy: LintPolicy, options: { readonly hasXattrs: boolean }): Lint => {
  const findings = new Map<string, LintFinding[]>();
  const omitted: Record<string, number> = {};
  const runs = LINT_RULES.filter((rule) => options.hasXattrs || rule.needsXattrs !== true).map(
    (rule) => {
      const found: LintFinding[] = [];
      findings.set(rule.id, found);
      const say: Say = (path, message, hint, severity = rule.severity) => {
        if (found.length < MAX_FINDINGS) {
          found.push({ rule: rule.id, severity, path, message, hint });
        } else if (severity === "error") omitted[rule.id] = (omitted[rule.id] ?? 0) + 1;
      };
      return rule.start(policy, say);
    },
  );
  const visits = runs.flatMap(({ visit }) => (visit === undefined ? [] : [visit]));

  const index = growingIndex();
  const elfMachines: Record<string, number> = {};
  let entries = 0;
  let files = 0;
  let bytes = 0;

  return {
    visit: (entry) => {
      index.add(entry);
      entries++;
      if (entry.type === "file") {
        files++;
        bytes += entry.size;
        const machine = entry.start === undefined ? undefined : elfFacts(entry.start)?.machine;
        if (machine !== undefined) elfMachines[machine] = (elfMachines[machine] ?? 0) + 1;
      }
      for (const visit of visits) visit(entry);
    },
    finish: (read) => {
      const tree = { index, read, accounts: readAccounts(read) };
      for (const { finish } of runs) finish?.(tree);
      return {
        findings: [...findings.values()].flat(),
        omitted,
        skipped: LINT_RULES.filter(({ id }) => !findings.has(id)).map(({ id }) => ({
          rule: id,
          reason: "the extended attributes of the tree were not read",
        })),
        facts: { entries, files, bytes, elfMachines },
      };
    },
  };
};
