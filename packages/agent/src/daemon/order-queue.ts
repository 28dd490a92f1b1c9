/**
 * What operators asked the daemon for over its socket, one after the other. It is kept in memory alone: whoever asked is told by its record, and an order that
 * a daemon took with it when it ended is given again. What it had begun goes on from the disk.
 */
import type { ActionAnswer, ActionRecord } from "../api/ports.ts";
import type { OperatorEvent } from "../machine/event.ts";

/** `look-asked`: to ask the repository, and take nothing. */
export type Order =
  | { readonly kind: "look-asked" }
  | Exclude<OperatorEvent, { readonly kind: "check-asked" }>;

export interface QueuedOrder {
  readonly record: ActionRecord;
  readonly order: Order;
}

export interface OrderQueue {
  /** Nothing where too many wait. */
  readonly add: (order: Order) => ActionRecord | undefined;
  /** The next one, which now runs. A rollback comes before all others. */
  readonly take: () => QueuedOrder | undefined;
  /** It waits again: somebody else is at work on the node. */
  readonly putBack: (id: string) => void;
  readonly finish: (id: string, answer: ActionAnswer) => void;
  /** The oldest first. */
  readonly records: () => readonly ActionRecord[];
  readonly hasWaiting: () => boolean;
  /** Calls the listener whenever an order is added, until what it returns is called. */
  readonly onAdded: (listener: (order: Order) => void) => () => void;
  /** Calls the listener whenever a record has changed. */
  readonly onChanged: (listener: () => void) => () => void;
}

/** More people at once do not mean what they ask for. */
const MOST_WAITING = 8;
const MOST_KEPT = 32;

const ACTIONS = {
  "look-asked": "check",
  "update-asked": "update",
  "rollback-asked": "rollback",
} as const satisfies Record<Order["kind"], ActionRecord["action"]>;

export const orderQueue = ({
  newId,
  now,
}: {
  /** 16 hexadecimal digits. */
  readonly newId: () => string;
  readonly now: () => Date;
}): OrderQueue => {
  let orders: readonly QueuedOrder[] = [];
  const added = new Set<(order: Order) => void>();
  const changed = new Set<() => void>();

  const tellChanged = (): void => {
    for (const listener of changed) listener();
  };

  const change = (id: string, to: Partial<ActionRecord>): void => {
    orders = orders.map((one) =>
      one.record.id === id ? { ...one, record: { ...one.record, ...to } } : one,
    );
    tellChanged();
  };

  const waiting = (): readonly QueuedOrder[] =>
    orders.filter(({ record }) => record.state === "waiting");

  const on = <T>(listeners: Set<T>, listener: T): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  return {
    add: (order) => {
      if (waiting().length >= MOST_WAITING) return undefined;
      const record: ActionRecord = {
        id: newId(),
        action: ACTIONS[order.kind],
        state: "waiting",
        askedAt: Math.floor(now().getTime() / 1000),
      };
      const oldest = orders.find((one) => one.record.state === "done");
      const kept = orders.length < MOST_KEPT ? orders : orders.filter((one) => one !== oldest);
      orders = [...kept, { record, order }];
      tellChanged();
      for (const listener of added) listener(order);
      return record;
    },
    take: () => {
      const all = waiting();
      const next = all.find(({ order }) => order.kind === "rollback-asked") ?? all[0];
      if (next === undefined) return undefined;
      change(next.record.id, { state: "running" });
      return next;
    },
    putBack: (id) => change(id, { state: "waiting" }),
    finish: (id, answer) => change(id, { state: "done", answer }),
    records: () => orders.map(({ record }) => record),
    hasWaiting: () => waiting().length > 0,
    onAdded: (listener) => on(added, listener),
    onChanged: (listener) => on(changed, listener),
  };
};
