/** What two programs really said to each other, in bytes. */
import { openRelay } from "./relay.ts";

export interface Counted {
  /** From the one that connected, and to it: bytes of TCP's payload, so with TLS they are those of TLS. */
  readonly asked: number;
  readonly answered: number;
  readonly connections: number;
}

export interface CountingRelay extends AsyncDisposable {
  readonly port: number;
  /** Since it was opened, or since `counted` was called last. */
  readonly counted: () => Counted;
}

const NOTHING: Counted = { asked: 0, answered: 0, connections: 0 };

export const countingRelay = async (to: number): Promise<CountingRelay> => {
  let sum = NOTHING;
  const relay = await openRelay(to, {
    connected: () => {
      sum = { ...sum, connections: sum.connections + 1 };
      return true;
    },
    asked: (bytes) => (sum = { ...sum, asked: sum.asked + bytes }),
    answered: (bytes) => (sum = { ...sum, answered: sum.answered + bytes }),
  });
  return {
    ...relay,
    counted: () => {
      const counted = sum;
      sum = NOTHING;
      return counted;
    },
  };
};
