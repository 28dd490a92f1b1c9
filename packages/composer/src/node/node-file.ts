/** A file that every node has, by its path in the root. Directories above it are made. */
export interface NodeFile {
  readonly path: string;
  readonly text: string;
  /** Default 0644. */
  readonly mode?: number;
}
