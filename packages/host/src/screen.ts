/** The streams of a command. */

/** Where people read: standard error. */
export interface Screen {
  readonly isTerminal: boolean;
  write(text: string | Uint8Array): void;
  size(): { readonly columns: number; readonly rows: number };
}

/** Standard output. Resolves when the data is with whoever reads it, or nobody reads any more. */
export type WriteData = (data: string | Uint8Array) => Promise<void>;
