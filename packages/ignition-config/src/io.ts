/** The reading that this package leaves to its caller: it opens no file itself. */
import type { LocalTree } from "./butane/local-files.ts";

/** What became of reading a document. `detail` is for people and ends up in a finding. */
export type ReadResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | {
      readonly ok: false;
      readonly reason: "missing" | "too-large" | "directory" | "denied" | "failed";
      readonly detail: string;
    };

/** What is at a path, symbolic links followed. */
export type NodeKind = "file" | "directory" | "other" | "missing" | "denied";

/** Access to the documents and to the local files they name. Neither function rejects for an expected failure. */
export interface DefinitionIo {
  /**
   * The bytes of a document. `limitBytes` is the most that is useful: a longer file should be answered with
   * `too-large` without being read, and is refused all the same if it is returned.
   */
  read(path: string, limitBytes: number): Promise<ReadResult>;
  /** For local contents, whose bytes are read only when the tree is composed. */
  kind(path: string): Promise<NodeKind>;
  /** All below a directory, for `trees`; without it, documents that name one are refused. */
  walk?(path: string): Promise<LocalTree>;
}
