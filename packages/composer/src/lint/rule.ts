import type { Accounts } from "./accounts.ts";
import type { LintSeverity } from "./finding.ts";
import type { LintPolicy } from "./policy.ts";
import type { ReadContent, TreeEntry } from "./tree-entry.ts";
import type { TreeIndex } from "./tree-index.ts";

/** A thing that trees must keep to. */
export interface Rule {
  /** Stable: it is what a report, an exception and the documentation call it. */
  readonly id: string;
  readonly severity: LintSeverity;
  /** The reason for the rule, one sentence. */
  readonly why: string;
  /** Needs extended attributes to have been read. */
  readonly needsXattrs?: boolean;
  /** Starts one check of one tree. */
  readonly start: (policy: LintPolicy, say: Say) => RuleRun;
}

export interface RuleRun {
  /** Called for every entry, in the order of the tree. */
  readonly visit?: (entry: TreeEntry) => void;
  /** Called once after the last entry. */
  readonly finish?: (tree: Tree) => void;
}

/** Reports a finding; the severity is the rule's unless given. */
export type Say = (path: string, message: string, hint: string, severity?: LintSeverity) => void;

/** All of a tree, once it has been walked. */
export interface Tree {
  readonly index: TreeIndex;
  readonly accounts: Accounts;
  readonly read: ReadContent;
}
