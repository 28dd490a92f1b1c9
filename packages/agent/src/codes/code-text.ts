/** What people are told of a code: what it means, and what is to be done about it. */
export interface CodeText {
  readonly means: string;
  /** An order; `nothing` where it clears by itself. */
  readonly remedy: string;
}
