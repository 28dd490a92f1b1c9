/** Why a package list could not be read. */
export type PackageErrorCode = "CONTROL_MALFORMED" | "PACKAGE_MALFORMED" | "CONTROL_TOO_LARGE";

/** Package metadata that does not keep to its format; `source` and `line` say where. */
export class PackageError extends Error {
  readonly code: PackageErrorCode;
  /** The file the text came from, as the caller named it. */
  readonly source: string;
  /** 1-based line in that file. */
  readonly line: number;
  readonly hint: string;

  constructor(
    code: PackageErrorCode,
    at: { readonly source: string; readonly line: number },
    message: string,
    hint: string,
  ) {
    super(`${at.source}:${at.line}: ${message}`);
    this.name = "PackageError";
    this.code = code;
    this.source = at.source;
    this.line = at.line;
    this.hint = hint;
  }
}
