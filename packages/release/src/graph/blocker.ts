/** Why a node is not offered a release. */

/** What stands in the way, in the order in which it is looked for. The names are stable. */
export type BlockerRule =
  | "up-to-date"
  // Asked for by its version.
  | "older"
  | "no-way-on"
  | "not-signed"
  | "dead-end"
  | "withdrawn"
  | "forbidden"
  | "below-floor"
  | "slot-too-small"
  | "behind-barrier"
  | "agent-too-old"
  | "held-back"
  | "paused"
  | "wave";

export interface Blocker {
  readonly rule: BlockerRule;
  /** The release that it keeps away; absent where it is about none. */
  readonly version?: string;
  /** A lower-case fact with its operands in it, without a full stop. */
  readonly message: string;
  /** What to do about it, an imperative sentence. */
  readonly hint?: string;
  /** When it will clear by itself, in seconds since 1970; absent where somebody has to do something. */
  readonly clearsAt?: number;
}
