/** Small things that every part of a comparison needs. Pure. */

/** A value of the earlier release and its counterpart of the later one. */
export interface Change<T> {
  readonly before: T;
  readonly after: T;
}

/** By UTF-16 units, the same in every locale. */
export const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
