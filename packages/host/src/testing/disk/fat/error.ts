export type FatErrorCode =
  | "NOT_FAT32"
  | "CHAIN_BROKEN"
  | "NOT_FOUND"
  | "EXISTS"
  | "IS_A_DIRECTORY"
  | "NOT_A_DIRECTORY"
  | "BAD_NAME"
  | "NO_SPACE"
  | "NO_LAYOUT";

/** An operation on a FAT file system that was refused, or that its damage makes impossible. */
export class FatError extends Error {
  override readonly name = "FatError";
  readonly code: FatErrorCode;

  constructor(code: FatErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
