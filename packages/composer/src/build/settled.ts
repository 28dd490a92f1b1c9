/**
 * Waits for all of them also when one fails, and fails then: what still runs must not outlive the directories that it
 * works in.
 */
export const settled = async <P extends readonly Promise<unknown>[] | []>(
  work: P,
): Promise<{ -readonly [K in keyof P]: Awaited<P[K]> }> => {
  await Promise.allSettled(work);
  return Promise.all(work);
};
