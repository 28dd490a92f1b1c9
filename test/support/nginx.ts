/** Debian's nginx with nothing configured but where the files are, and requests that are sent as they are written. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request as it is written, dots and all: no client library puts the path right. */
export const ask = (
  port: number,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asking = request(
      { host: "127.0.0.1", port, path: target, method, headers },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.once("error", reject);
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    asking.once("error", reject).end();
  });

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : 0),
      );
    });
  });

export interface Served extends AsyncDisposable {
  readonly port: number;
}

/** nginx with nothing configured but where the files are. */
export const startNginx = async (place: string, root: string): Promise<Served> => {
  mkdirSync(place, { recursive: true });
  const port = await freePort();
  const at = (name: string): string => path.join(place, name);
  writeFileSync(
    at("nginx.conf"),
    `daemon off; master_process off; pid ${at("pid")}; error_log ${at("error.log")};
events {}
http {
  access_log off; default_type application/octet-stream; sendfile on;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${at(name)};`).join(" ")}
  server { listen 127.0.0.1:${port}; root ${root}; location ~ /\\. { return 404; } }
}
`,
  );
  const child = spawn("/usr/sbin/nginx", ["-c", at("nginx.conf"), "-e", at("error.log")], {
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const end = performance.now() + 10_000;
  for (;;) {
    const answered = await ask(port, "/metadata/timestamp.json").catch(() => undefined);
    if (answered !== undefined) break;
    if (performance.now() > end || child.exitCode !== null)
      throw new Error(`nginx did not start: ${readFileSync(at("error.log"), "utf8")}`);
    await sleep(50);
  }
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
};
