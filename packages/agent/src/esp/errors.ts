/** What a step on the ESP can object to. The codes are stable. */
export type EspErrorCode =
  /** No file on the ESP holds the release. */
  | "ENTRY_MISSING"
  /** The file that should hold it gives other bytes. */
  | "ENTRY_DIFFERS"
  /** The loader's program is not what it should be, or the disk does not give it back. */
  | "LOADER_DIFFERS"
  | "ESP_FULL";

/** The ESP is as it was, or on its way: the step can be taken again. */
export class EspError extends Error {
  override readonly name = "EspError";
  readonly code: EspErrorCode;
  readonly hint: string | undefined;

  constructor(code: EspErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
