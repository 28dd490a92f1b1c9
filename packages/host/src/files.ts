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
  /** The file is gone from the disk when it returns; so it is when there was none. Its bytes are nobody else's before that. */
  remove(path: string): Promise<void>;
  /**
   * Gives a file another name in its own directory, over a file that has it. The name is durable when this resolves, and so is all that
   * leads from it to the file's bytes. Until then a power cut leaves either name or, on FAT, both or neither: whoever renames there
   * must not need this very file to start the machine. Two names that FAT was left with share their bytes, so that neither of them
   * may be removed. A file that is replaced keeps its bytes until the name leads elsewhere, durably.
   */
  rename(from: string, to: string): Promise<void>;
  /** How many bytes can still be written to the file system that a directory is on. */
  room(directory: string): Promise<number>;
}
