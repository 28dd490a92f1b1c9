import type { Failure } from "../errors.ts";

/** A failure that came back as a value, on its way to the person: it is shown like every error, with its code and hint. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  readonly hint: string | undefined;

  constructor({ code, message, hint }: Failure) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
