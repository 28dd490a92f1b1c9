/** A web server on loopback, as long as a test wants it. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";

export interface LocalServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
}

export const localServer = async (listener: RequestListener): Promise<LocalServer> => {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
