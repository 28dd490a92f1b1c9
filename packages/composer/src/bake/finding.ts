/** What baking has to say about items of a config. Pure. */
import type { Finding, Range } from "@slipway/ignition-config";

/** Every rule that baking can find broken. Stable: they are documented. */
export type BakeRule =
  | "account-database"
  | "account-refused"
  | "contents-failed"
  | "home-refused"
  | "node-conflict"
  | "node-not-kept"
  | "unit-conflict"
  | "unknown-owner";

export const finding = (
  level: Finding["level"],
  rule: BakeRule,
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
