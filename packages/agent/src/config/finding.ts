/** Something about a file of settings that its author should know. */
export interface Finding {
  /** An error holds automatic updates until it is mended; a warning holds nothing. */
  readonly severity: "error" | "warning";
  readonly file: string;
  /** Both count from 1; absent where the file as a whole is meant. */
  readonly line?: number;
  readonly column?: number;
  /** A lower-case fact, without a full stop. */
  readonly message: string;
  /** What to do, an imperative. */
  readonly hint?: string;
}

export const findingAt = (
  file: string,
  place: { readonly line: number; readonly column: number } | undefined,
  said: {
    readonly severity: Finding["severity"];
    readonly message: string;
    readonly hint?: string | undefined;
  },
): Finding => ({
  severity: said.severity,
  file,
  ...(place === undefined ? {} : { line: place.line, column: place.column }),
  message: said.message,
  ...(said.hint === undefined ? {} : { hint: said.hint }),
});

/** `FILE:LINE:COLUMN: message (hint)`, as editors jump to. */
export const findingLine = ({ file, line, column, message, hint }: Finding): string =>
  `${file}${line === undefined ? "" : `:${line}:${column ?? 1}`}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
