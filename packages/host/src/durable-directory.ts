/**
 * A flat directory of small files whose changes survive a power cut in a known order. It has only the steps from which such an order is built, so
 * that its user can be cut between any two of them.
 */
export interface DurableDirectory {
  /** For people. */
  readonly name: string;
  /**
   * The bytes of a file; nothing where there is none.
   * @throws where it has more than `mostBytes`, is no plain file, or cannot be read.
   */
  readonly read: (file: string, mostBytes: number) => Promise<Uint8Array | undefined>;
  /**
   * Makes a file, or makes it anew. The bytes are on the disk when this resolves; that the directory names the file is not, before
   * `syncDirectory`.
   */
  readonly writeSynced: (file: string, bytes: Uint8Array) => Promise<void>;
  /** Gives a file another name, over whatever has that name: after a power cut the name leads to one of the two. */
  readonly rename: (from: string, to: string) => Promise<void>;
  /** Names that were given so far stay given. */
  readonly syncDirectory: () => Promise<void>;
}
