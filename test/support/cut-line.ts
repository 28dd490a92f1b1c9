/** A line to a server that a test cuts: after so many bytes everything on it breaks off, until it is mended. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface CutLine extends AsyncDisposable {
  /** Of 127.0.0.1. */
  readonly port: number;
  /** From now on, breaks off when so many bytes have come from the server. */
  readonly cutAfter: (bytes: number) => void;
  /** Whether it is cut: whoever connects is hung up on. */
  readonly isCut: () => boolean;
  /** How many bytes have come from the server so far. */
  readonly carried: () => number;
  readonly mend: () => void;
}

export const cutLine = async (serverPort: number): Promise<CutLine> => {
  const open = new Set<Socket>();
  let [left, carried] = [Number.POSITIVE_INFINITY, 0];
  const hangUp = (): void => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((client) => {
    if (left <= 0) {
      client.destroy();
      return;
    }
    const upstream = connect({ host: "127.0.0.1", port: serverPort });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      // One side that breaks takes the other with it.
      socket.on("error", () => undefined);
    }
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroy());
    upstream.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      carried += chunk.length;
      if (left <= 0) hangUp();
    });
    client.pipe(upstream);
    upstream.pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    cutAfter: (bytes) => {
      left = bytes;
    },
    isCut: () => left <= 0,
    carried: () => carried,
    mend: () => {
      left = Number.POSITIVE_INFINITY;
    },
    [Symbol.asyncDispose]: async () => {
      hangUp();
      server.close();
      await once(server, "close");
    },
  };
};
