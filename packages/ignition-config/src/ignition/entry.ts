import type { LineColumn } from "../json/line-index.ts";
import type { Path } from "../report/finding.ts";

/** How much an entry matters: only errors make a config invalid. */
export type EntryKind = "error" | "warning" | "info";

/** One line of Ignition's report. */
export interface Entry {
  readonly kind: EntryKind;
  /** Field names and indexes from the root; empty for the whole config. */
  readonly path: Path;
  readonly message: string;
  /**
   * Where it stands, from 1, columns in bytes; both 0 where Ignition itself cannot tell (at the very end of the text).
   * Absent where the config comes from no text.
   */
  readonly place?: LineColumn;
}

/** `$.storage.files.0.path`; the root is `$`. */
export const formatEntryPath = (path: Path): string => ["$", ...path].join(".");

/** The line that `ignition-validate` prints: `error at $.storage.files.0.path, line 3 col 30: path not absolute`. */
export const formatEntry = ({ kind, path, message, place }: Entry): string => {
  const marker = place === undefined ? [] : [`line ${place.line} col ${place.col}`];
  const where = [...(path.length === 0 ? [] : [formatEntryPath(path)]), ...marker].join(", ");
  return `${kind}${where === "" ? "" : ` at ${where}`}: ${message}`;
};

/** Whether an entry makes the config invalid. */
export const hasErrors = (report: readonly Entry[]): boolean =>
  report.some(({ kind }) => kind === "error");
