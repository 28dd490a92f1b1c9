/** Which time it is for a node that must not believe its clock alone. */

export interface TimeFacts {
  /** What the machine's clock says. */
  readonly system: Date;
  /** When the booted release was built. */
  readonly built: Date;
  /** When a whole refresh was verified last. */
  readonly lastSeen: Date;
}

/**
 * The moment by which expiry is measured: the latest of the three, as it cannot be earlier than what has happened. A clock that starts in 1970
 * thus neither brings expired metadata back to life nor makes fresh metadata wait.
 */
export const referenceTime = ({ system, built, lastSeen }: TimeFacts): Date =>
  new Date(Math.max(system.getTime(), built.getTime(), lastSeen.getTime()));
