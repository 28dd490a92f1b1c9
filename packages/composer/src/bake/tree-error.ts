/** A node of a tree is not what it must be for the work to be done. */
export class TreeError extends Error {
  override readonly name = "TreeError";
  /** Within the tree. */
  readonly path: string;
  /** What the kernel called it, where it was asked. */
  readonly errno: string | undefined;
  /** The bare fact, without the path. */
  readonly fact: string;

  constructor(fact: string, path: string, errno?: string) {
    super(`${path}: ${fact}`);
    this.path = path;
    this.fact = fact;
    this.errno = errno;
  }
}
