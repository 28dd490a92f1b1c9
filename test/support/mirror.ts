/** A mirror on this machine, which answers as a test wishes. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Bytes with status 200, a status without bytes, or what breaks off or never comes. */
export type Answer = Uint8Array | number | { readonly cutOff: Uint8Array } | "nothing";

export interface Mirror extends AsyncDisposable {
  /** For `image.debian.mirror`. */
  readonly address: string;
  /** Paths below it that were asked for, so far. */
  readonly requests: readonly string[];
}

/** Listens on a free port of 127.0.0.1 until it is disposed. */
export const serveMirror = async (answer: (file: string) => Answer): Promise<Mirror> => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const file = decodeURIComponent((request.url ?? "").replace(/^\/debian\//, ""));
    requests.push(file);
    const answered = answer(file);
    if (answered === "nothing") return;
    if (typeof answered === "number") {
      response.writeHead(answered).end();
    } else if (answered instanceof Uint8Array) {
      response.writeHead(200, { "content-length": answered.length }).end(answered);
    } else {
      const { cutOff } = answered;
      response.writeHead(200, { "content-length": cutOff.length });
      response.write(cutOff.subarray(0, cutOff.length / 2), () => response.destroy());
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/debian`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
