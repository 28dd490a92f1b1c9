/** Something to try until it works, whatever it looks at. */
import type { CheckLevel, Patience } from "@slipway/release";

/** What one look showed. */
export interface Seen {
  readonly passed: boolean;
  /** A lower-case fact with its operands in it. */
  readonly seen: string;
  /** What a program wrote about it, of any length. */
  readonly output?: string;
}

export interface Trial extends Patience {
  readonly name: string;
  readonly level: CheckLevel;
  /** One try. It ends early when the signal says so; what it throws is a failed try. */
  readonly look: (signal: AbortSignal) => Promise<Seen>;
}
