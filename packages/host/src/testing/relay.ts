/** A port of this machine that hands everything on to another one, and lets its owner hear how much. Both ends are on 127.0.0.1. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Bytes are those of TCP's payload, so with TLS they are those of TLS. */
export interface RelayEars {
  /** Somebody connects. Answers whether they are let through; who is not is hung up on. */
  readonly connected: () => boolean;
  /** So many bytes come from the one that connected. */
  readonly asked?: (bytes: number) => void;
  /** So many bytes come back. */
  readonly answered: (bytes: number) => void;
}

export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** Breaks all connections off. */
  readonly hangUp: () => void;
}

export const openRelay = async (to: number, ears: RelayEars): Promise<Relay> => {
  const open = new Set<Socket>();
  const hangUp = (): void => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((from) => {
    if (!ears.connected()) {
      from.destroy();
      return;
    }
    const onward = connect(to, "127.0.0.1");
    from.on("data", ({ length }) => ears.asked?.(length));
    onward.on("data", ({ length }) => ears.answered(length));
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
    hangUp,
    [Symbol.asyncDispose]: async () => {
      hangUp();
      server.close();
      await once(server, "close");
    },
  };
};
