/** The person wrote something that the command does not take. The message says what, `hint` what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "USAGE";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

export const usageError = (message: string, hint?: string): UsageError =>
  new UsageError(message, hint);
