/** What the recorded cases fetch from: a file and a config in some packings, one of them for those who have the right header. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/** The address that the cases name. */
export const RECORDED_ADDRESS = "http://127.0.0.1:8080";

const CONTENTS = "asdf\nfdsa";
/** To the byte: cases name its digest. */
const CONFIG = `{
\t"ignition": { "version": "3.0.0" },
\t"storage": {
\t\t"files": [{
\t\t\t"path": "/foo/bar",
\t\t\t"contents": { "source": "data:,example%20file%0A" }
\t\t}]
\t}
}`;

export interface RecordedServer extends AsyncDisposable {
  readonly address: string;
}

export const serveRecorded = async (): Promise<RecordedServer> => {
  const server = createServer((request, response) => {
    const [, what = "", how = ""] =
      /^\/(contents|config)(?:_(\w+))?$/.exec(request.url ?? "") ?? [];
    if (what === "") {
      response.writeHead(404).end();
    } else if (how === "headers_redirect") {
      response.writeHead(302, { location: `/${what}_headers_redirected` }).end();
    } else if (!isRight(how, request.headers)) {
      response.writeHead(400).end();
    } else {
      const text = what === "config" ? CONFIG : CONTENTS;
      response.end(how === "compressed" ? gzipSync(text) : text);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Whether the request has the headers that the path is about. */
const isRight = (how: string, headers: IncomingHttpHeaders): boolean => {
  switch (how) {
    case "headers":
      return headers["x-auth"] === "r8ewap98gfh4d8" && headers["accept-encoding"] === "identity";
    case "headers_redirected":
      return headers["x-auth"] === undefined;
    case "headers_overwrite":
      return (
        headers["user-agent"] === "MyUA" && headers["accept-encoding"] === "identity, compress"
      );
    default:
      return true;
  }
};
