/** Ports whose work is counted while it is under way, so that a test's time stands still until it is done. */
import { setImmediate } from "node:timers/promises";

export interface Watch {
  /** The same object; calls of its functions, and of those of objects that they give, are counted until they are settled. */
  readonly over: <T extends object>(target: T) => T;
  /** Resolves when nothing that was counted is under way. */
  readonly idle: () => Promise<void>;
}

const isPorts = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).some((member) => typeof member === "function");

export const makeWatch = (): Watch => {
  const underWay = new Set<Promise<unknown>>();
  const settled = async (work: Promise<unknown>): Promise<unknown> => {
    underWay.add(work);
    try {
      const value = await work;
      return isPorts(value) ? over(value) : value;
    } finally {
      underWay.delete(work);
    }
  };
  const over = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: readonly unknown[]): unknown => {
          const answer: unknown = Reflect.apply(member, target, args);
          return answer instanceof Promise ? settled(answer) : answer;
        };
      },
    });
  return {
    over,
    idle: async () => {
      // What has just been settled goes on first, and may begin more.
      do await setImmediate();
      while (underWay.size > 0);
    },
  };
};
