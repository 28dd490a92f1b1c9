/** Work that goes on side by side: it fails together, and nothing of it outlives the whole. */

export interface Crew {
  /** Aborted when some work of the crew has failed, or whoever started it all wants to stop. */
  readonly signal: AbortSignal;
  /** Takes in work that has begun. Whoever needs its result waits for what this answers; nobody has to. */
  readonly join: <T>(work: Promise<T>) => Promise<T>;
}

/**
 * Runs `lead`, which may have other work join it. Resolves when all of it has ended.
 * @throws what failed first, when everything else has ended as well.
 */
export const together = async <T>(
  outer: AbortSignal | undefined,
  lead: (crew: Crew) => Promise<T>,
): Promise<T> => {
  const stop = new AbortController();
  const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal]);
  const works: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  const join = <R>(work: Promise<R>): Promise<R> => {
    works.push(
      work.catch((error: unknown) => {
        failures.push(error);
        stop.abort();
      }),
    );
    return work;
  };
  const led = join(lead({ signal, join }));
  // What is waited for may bring in more.
  for (let ended = 0; ended < works.length; ended += 1) await works[ended];
  if (failures.length > 0) throw failures[0];
  return led;
};
