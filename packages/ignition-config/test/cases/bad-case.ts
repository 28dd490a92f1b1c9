/** A document and what must be said about it. */
export interface BadCase {
  readonly what: string;
  /** Follows `HEAD`, so it begins in line 4. */
  readonly text: string;
  /** `line:column rule`, in order. */
  readonly findings: readonly string[];
  /** Texts that the rendered findings must hold. */
  readonly says?: readonly string[];
}
