/** What publishing and collecting ask of whoever signs. */

export interface TargetChange {
  /** The TUF path, which decides the role. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly custom?: unknown;
}

export interface TargetChanges {
  readonly put: readonly TargetChange[];
  /** TUF paths. */
  readonly remove: readonly string[];
}

/**
 * Makes changes visible to clients, all at once. `decide` is asked while nobody else can change the repository, so that it decides by what is
 * really there; what it throws leaves everything as it was.
 */
export type EditTargets = (decide: () => Promise<TargetChanges>) => Promise<unknown>;
