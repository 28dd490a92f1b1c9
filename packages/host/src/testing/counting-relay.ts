/** A port of this machine that hands everything on to another one, and counts it: what two programs really said to each other. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

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

/** Both ends on 127.0.0.1. */
export const countingRelay = async (to: number): Promise<CountingRelay> => {
  const open = new Set<Socket>();
  let sum = NOTHING;
  const server = createServer((from) => {
    const onward = connect(to, "127.0.0.1");
    sum = { ...sum, connections: sum.connections + 1 };
    from.on("data", ({ length }) => (sum = { ...sum, asked: sum.asked + length }));
    onward.on("data", ({ length }) => (sum = { ...sum, answered: sum.answered + length }));
    for (const [one, other] of [
      [from, onward],
      [onward, from],
    ] as const) {
      open.add(one);
      one.once("close", () => {
        open.delete(one);
        other.destroy();
      });
      // The other end hears of it by the connection's end.
      one.on("error", () => undefined);
      one.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    counted: () => {
      const counted = sum;
      sum = NOTHING;
      return counted;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
};
