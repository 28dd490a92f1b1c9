/** Where the files of a repository come from. What is in them is believed by no one before it is held against something signed. */

export interface FetchRequest {
  /** Below the repository's root, with `/` between names: `metadata/timestamp.json`, `blobs/ab/abcd…`. Names are not percent-encoded. */
  readonly path: string;
  /** Which bytes of the file; without it the whole file. */
  readonly range?: { readonly offset: number; readonly length: number };
  /** The longest body that is taken: more is `TOO_LARGE`, however much was announced. A range is exact in any case. */
  readonly mostBytes: number;
  readonly signal?: AbortSignal;
}

/** One copy of a repository: a mirror, a directory, an export. */
export interface RepositorySource {
  /** For people: an address, a path. */
  readonly name: string;
  /**
   * The bytes in order, as they come. With a range exactly its bytes, or an error.
   * @throws ReceiverError `UNREACHABLE`, `NOT_FOUND`, `TOO_LARGE`, `TOO_SLOW`, `BAD_ANSWER`, `ABORTED`
   */
  readonly fetch: (request: FetchRequest) => AsyncIterable<Uint8Array>;
}
