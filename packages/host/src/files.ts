/** A file that is kept across power cuts. */
export interface OpenFile {
  readonly path: string;
  /** In bytes. */
  size(): Promise<number>;
  /** Fills `target` with what was written last, from a cache perhaps. @throws HostError `FILE_FAILED` where the file ends before */
  readInto(target: Uint8Array, offset: number): Promise<void>;
  /** Over what is there, or right behind its end. It lasts only once `sync` has returned. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** Cuts off what is behind `size` bytes. */
  truncate(size: number): Promise<void>;
  /** The file is on the disk when it returns: its bytes, its size, and its name. */
  sync(): Promise<void>;
  /** Fills `target` with what the disk itself answers, where the file system can read past its cache. */
  readBack(target: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

/** Files by absolute path. Every call that fails throws a HostError `FILE_FAILED`. */
export interface Files {
  /** Opens a file to read and write it, and creates it for its owner alone when there is none, with the directories above. No symbolic link is followed to it. */
  open(path: string): Promise<OpenFile>;
  /** The names in a directory; none where there is no directory. */
  list(directory: string): Promise<readonly string[]>;
  /** The file is gone from the disk when it returns; so it is when there was none. */
  remove(path: string): Promise<void>;
}
