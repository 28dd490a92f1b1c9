/** A place in a text. Lines and columns are 1-based; `column` counts bytes of UTF-8, as Ignition does. */
export interface Position {
  readonly line: number;
  /** In bytes from the start of the line, 1-based; a tab is one byte. */
  readonly column: number;
  /** In bytes from the start of the file, 0-based. */
  readonly offset: number;
}

/** A span of one file's text; `end` is exclusive. */
export interface Range {
  /** The name under which the document was read, as `loadDefinition` was given it or an include resolved to. */
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

/** The way to a value: mapping keys as written in the document and list indexes from 0. */
export type Path = readonly (string | number)[];

/** How much a finding matters: only errors make a document unusable. */
export type Level = "error" | "warning" | "info";

/** One thing to say about a document. */
export interface Finding {
  readonly level: Level;
  /** Stable identifier, such as `unknown-key`; see `RULES` for all of them. */
  readonly rule: string;
  /** A lower-case fact with its operand in it, without a full stop. */
  readonly message: string;
  /** What to do about it, an imperative sentence. */
  readonly hint?: string;
  readonly path: Path;
  /** Absent where the finding is about no text at all, such as a file that cannot be read. */
  readonly range?: Range;
}

/** All there is to say about a set of documents, sorted by document, then by position. */
export interface Report {
  readonly findings: readonly Finding[];
}

/** Whether the report holds an error, so that no definition comes with it. */
export const isFatal = (report: Report): boolean =>
  report.findings.some((finding) => finding.level === "error");
