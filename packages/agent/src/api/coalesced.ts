/**
 * Many ask at once, and one looks: whoever comes while a look is under way waits for the next one, which begins after he asked, and shares it with all who
 * wait. So no answer is older than its question, and there are never more than two looks to be done.
 */
export const coalesced = <T>(look: () => Promise<T>): (() => Promise<T>) => {
  let [running, next]: [Promise<T> | undefined, Promise<T> | undefined] = [undefined, undefined];
  const begin = (): Promise<T> => {
    next = undefined;
    const mine = look().finally(() => {
      if (running === mine) running = undefined;
    });
    running = mine;
    return mine;
  };
  return () => {
    if (next !== undefined) return next;
    if (running === undefined) return begin();
    next = running.then(begin, begin);
    return next;
  };
};
