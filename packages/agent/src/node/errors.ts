/** What looking at the node can object to. The codes are stable. */
export type NodeErrorCode =
  /** What every node of ours has is not there, or is not what it should be: this is no such node, or a broken one. */
  | "NOT_A_NODE"
  /** Something is there and cannot be read. */
  | "UNREADABLE";

/** The node could not be looked at; nothing was changed. */
export class NodeError extends Error {
  override readonly name = "NodeError";
  readonly code: NodeErrorCode;
  readonly hint: string | undefined;

  constructor(
    code: NodeErrorCode,
    message: string,
    details: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}
