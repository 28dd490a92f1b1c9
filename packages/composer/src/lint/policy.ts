/** A set-uid or set-gid file that is meant to be there, with what is meant about it. */
export interface SetIdDeclaration {
  readonly path: string;
  /** Including the set-id bits, such as 0o4755. */
  readonly mode: number;
  /** Its owner by name; undefined where any will do. */
  readonly user?: string;
  readonly group?: string;
}

/** A file that carries capabilities; `value` is the attribute's, in lower-case hexadecimal, checked where given. */
export interface CapabilityDeclaration {
  readonly path: string;
  readonly value?: string;
}

/** Something a rule would refuse and may be there all the same; a path that ends in `/` stands for all below it. */
export interface LintException {
  readonly path: string;
  readonly reason: string;
}

/** What is declared about a tree. Whatever is not is held against the rules. */
export interface LintPolicy {
  /** `e_machine` of the image's architecture, ELF gABI. */
  readonly elfMachine: number;
  readonly setId: readonly SetIdDeclaration[];
  readonly capabilities: readonly CapabilityDeclaration[];
  /** Users for whom the definition sets a password hash. */
  readonly passwordUsers: readonly string[];
  /** What the definition says `/etc/hostname` holds; undefined where it says nothing, and the file must not be there. */
  readonly hostname?: string;
  readonly danglingLinks: readonly LintException[];
  readonly secrets: readonly LintException[];
  readonly foreignBinaries: readonly LintException[];
  /** Packages whose copyright files must be in the tree. */
  readonly packages?: readonly string[];
}

/** The reason why an exception covers a path, or undefined. */
export const exceptionFor = (
  exceptions: readonly LintException[],
  path: string,
): string | undefined =>
  exceptions.find((one) => (one.path.endsWith("/") ? path.startsWith(one.path) : path === one.path))
    ?.reason;
