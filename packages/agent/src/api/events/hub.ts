/** Everybody who listens to the events: how many, how long a slow one is waited for, and what wakes them. */
import type { Clock } from "@slipway/host";
import { coalesced } from "../coalesced.ts";
import { beginning, type Cursor, eventsAfter, type Snapshot } from "./feed.ts";

/** The way to one client. */
export interface Sink {
  /** False where it should be waited for before there is more. */
  readonly write: (text: string) => boolean;
  /** Resolves when what was written has gone; rejects when the signal is aborted. */
  readonly drained: (signal: AbortSignal) => Promise<void>;
  /** Ends the connection, whatever is on its way. */
  readonly drop: () => void;
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
}

export interface HubOptions {
  readonly look: () => Promise<Snapshot>;
  /** Calls the listener when something may have changed, until what it returns is called. Used while somebody listens, and only then. */
  readonly watch: (listener: () => void) => () => void;
  readonly clock: Pick<Clock, "sleep">;
  readonly log: (line: string) => void;
  readonly mostClients?: number;
}

export interface Hub {
  /** Nobody else can be attached just now. */
  readonly isFull: () => boolean;
  /** Tells a client everything from `after` on, until it goes or is dropped. Never rejects. */
  readonly attach: (sink: Sink, after: number | undefined) => Promise<void>;
  /** Something has changed that no file tells of. */
  readonly changed: () => void;
  readonly clients: () => number;
  /** Lets everybody go. */
  readonly close: () => void;
}

export const MOST_CLIENTS = 16;
/** A proxy, or a node that lost its peer, would not notice before. What changes without a file is told by then, too. */
export const HEARTBEAT_MS = 15_000;
/** A client that loses its connection comes again after so long, and not sooner: all of them do when the daemon is started anew. */
const RETRY_MS = 5000;
/** A client that takes nothing for so long is let go: what it has not heard, it can ask for again. */
export const STALLED_MS = 30_000;
/** Changes come in bursts: a task writes several lines one after the other. */
const SETTLE_MS = 250;

interface Client {
  wake: () => void;
}

export const eventHub = (options: HubOptions): Hub => {
  const { clock, log, mostClients = MOST_CLIENTS } = options;
  const look = coalesced(options.look);
  const clients = new Set<Client>();
  const closing = new AbortController();
  let unwatch: (() => void) | undefined;
  let settling = false;

  const wakeAll = (): void => {
    for (const client of clients) client.wake();
  };

  const changed = (): void => {
    if (settling || clients.size === 0) return;
    settling = true;
    clock
      .sleep(SETTLE_MS, closing.signal)
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        settling = false;
        wakeAll();
      });
  };

  const enter = (client: Client): void => {
    clients.add(client);
    unwatch ??= options.watch(changed);
  };

  const leave = (client: Client): void => {
    clients.delete(client);
    if (clients.size > 0) return;
    unwatch?.();
    unwatch = undefined;
  };

  /** Waits for the client to take what it was told; false where it does not. */
  const taken = async (sink: Sink): Promise<boolean> => {
    const late = new AbortController();
    const stalled = clock.sleep(STALLED_MS, AbortSignal.any([late.signal, sink.gone])).then(
      () => "stalled" as const,
      () => "over" as const,
    );
    const drained = sink.drained(AbortSignal.any([late.signal, sink.gone, closing.signal])).then(
      () => "drained" as const,
      () => "over" as const,
    );
    const what = await Promise.race([stalled, drained]);
    late.abort(new Error("over"));
    if (what === "stalled")
      log(
        `a client of the events has taken nothing for ${STALLED_MS / 1000} s, and is let go [TOO_SLOW]`,
      );
    return what === "drained";
  };

  const tell = async (sink: Sink, cursor: Cursor): Promise<Cursor | undefined> => {
    const snapshot = await look();
    let at = cursor;
    for (;;) {
      const { text, cursor: next, isCut } = eventsAfter(at, snapshot);
      at = next;
      if (text !== "" && !sink.write(text) && !(await taken(sink))) return undefined;
      if (!isCut) return at;
    }
  };

  const serve = async (
    sink: Sink,
    after: number | undefined,
    woken: (signal: AbortSignal) => Promise<boolean>,
  ): Promise<void> => {
    const over = AbortSignal.any([sink.gone, closing.signal]);
    let cursor: Cursor | undefined = beginning(after, await look());
    while (!over.aborted) {
      cursor = await tell(sink, cursor);
      if (cursor === undefined) return;
      if (over.aborted) return;
      const isWoken = await woken(over);
      if (!isWoken && !over.aborted && !sink.write(": still here\n\n") && !(await taken(sink)))
        return;
    }
  };

  return {
    isFull: () => clients.size >= mostClients || closing.signal.aborted,
    attach: async (sink, after) => {
      let [isDue, wakeUp] = [false, (): void => undefined];
      const client: Client = {
        wake: () => {
          isDue = true;
          wakeUp();
        },
      };
      /** True where something has changed, false after a heartbeat's time. */
      const woken = async (over: AbortSignal): Promise<boolean> => {
        const wake = new AbortController();
        wakeUp = () => wake.abort(new Error("woken"));
        if (isDue) wakeUp();
        try {
          await clock.sleep(HEARTBEAT_MS, AbortSignal.any([wake.signal, over]));
        } catch (error) {
          if (!wake.signal.aborted && !over.aborted) throw error;
        }
        const was = isDue;
        isDue = false;
        return was;
      };
      enter(client);
      sink.write(`retry: ${RETRY_MS}\n\n`);
      try {
        await serve(sink, after, woken);
      } catch (error) {
        // The node cannot be looked at just now: whoever listens comes again, and is told why by /v1/status.
        log(`the events end: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        leave(client);
        sink.drop();
      }
    },
    changed,
    clients: () => clients.size,
    close: () => {
      closing.abort(new Error("the daemon ends"));
      wakeAll();
    },
  };
};
