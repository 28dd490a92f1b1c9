/** What baking and the contract have to say about a tree or an item of a config. Pure. */
import type { Finding, Range } from "@slipway/ignition-config";

/** Every rule that can be found broken. Stable: they are documented. */
export type TreeRule =
  | "account-database"
  | "account-refused"
  | "contents-failed"
  | "health-check"
  | "home-refused"
  | "node-conflict"
  | "node-not-kept"
  | "trust-root"
  | "unit-conflict"
  | "unknown-owner"
  | "var-node"
  | "writable-place";

export const finding = (
  level: Finding["level"],
  rule: TreeRule,
  message: string,
  about: { readonly range?: Range | undefined; readonly hint?: string | undefined } = {},
): Finding => ({
  level,
  rule,
  message,
  path: [],
  ...(about.hint === undefined ? {} : { hint: about.hint }),
  ...(about.range === undefined ? {} : { range: about.range }),
});

/** By document and position, findings without one first. */
export const sortedFindings = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort(
    (a, b) =>
      compareText(a.range?.file ?? "", b.range?.file ?? "") ||
      (a.range?.start.offset ?? 0) - (b.range?.start.offset ?? 0),
  );

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
