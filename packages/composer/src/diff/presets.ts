/** Which preset files, and which lines of them, differ between two roots. Pure. */
import { parsePresets } from "../bake/preset-rules.ts";
import { multisetDifference } from "@slipway/release";
import { compareTexts } from "./order.ts";

/** What changed in one preset file: lines as systemd.preset(5) has them, comments left out. */
export interface PresetChange {
  /** Absolute, in the root. */
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The same lines in another order: the first that fits a unit counts. */
  readonly isReordered: boolean;
}

/** Compares the texts of preset files by path; files that differ in comments only are the same. */
export const comparePresets = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly PresetChange[] =>
  [...new Set([...before.keys(), ...after.keys()])].toSorted(compareTexts).flatMap((path) => {
    const [old, now] = [rules(before.get(path)), rules(after.get(path))];
    const { added, removed } = multisetDifference(old, now);
    const isReordered =
      added.length === 0 && removed.length === 0 && old.some((line, index) => line !== now[index]);
    const change = !before.has(path) ? "added" : !after.has(path) ? "removed" : "changed";
    return change === "changed" && added.length + removed.length === 0 && !isReordered
      ? []
      : [{ path, change, added, removed, isReordered }];
  });

const rules = (text: string | undefined): readonly string[] =>
  parsePresets(text ?? "").map(({ verb, pattern, instances }) =>
    [verb, pattern, ...instances].join(" "),
  );
