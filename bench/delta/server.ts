/** nginx on loopback over a directory, which writes down how much it sent. Shell. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { inTree } from "../measure/debian-tree.ts";

export interface Server extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  /** What it sent since it was started. */
  readonly sent: () => Promise<readonly Answer[]>;
}

export interface Answer {
  /** Of the body. */
  readonly bytes: number;
  /** Of the address, from its first slash. */
  readonly path: string;
}

const configuration = (directory: string, port: number): string => `
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/nginx.error;
events { worker_connections 256; }
http {
  log_format sent '$status $body_bytes_sent $uri';
  access_log ${directory}/nginx.access sent;
  client_body_temp_path ${directory}/nginx-body;
  proxy_temp_path ${directory}/nginx-proxy;
  fastcgi_temp_path ${directory}/nginx-fastcgi;
  uwsgi_temp_path ${directory}/nginx-uwsgi;
  scgi_temp_path ${directory}/nginx-scgi;
  keepalive_requests 1000000;
  server { listen 127.0.0.1:${port}; root ${directory}/www; }
}
`;

const freePort = async (): Promise<number> => {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
};

const START_MS = 10_000;
const STEP_MS = 50;

/** Serves `www` below the directory. */
export const serve = async (tree: string, directory: string): Promise<Server> => {
  const port = await freePort();
  const file = path.join(directory, "nginx.conf");
  await mkdir(path.join(directory, "www"), { recursive: true });
  await writeFile(file, `user root;\n${configuration(directory, port)}`);
  const [program, ...rest] = inTree(tree, directory, [
    ...(["nginx", "-c", file, "-e", path.join(directory, "nginx.error")] as const),
  ]);
  // unshare, sh, chroot and env each become the next, so the child is nginx itself.
  const child = spawn(program, rest, { stdio: "ignore" });
  const ended = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; ; waited += STEP_MS) {
    if (await fetch(url).then(drained, () => false)) break;
    if (waited > START_MS || child.exitCode !== null) {
      child.kill("SIGKILL");
      throw new Error(`nginx does not answer; see ${directory}/nginx.error`);
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  return {
    url,
    sent: async () => readSent(await readFile(path.join(directory, "nginx.access"), "utf8")),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
};

const drained = async (answer: Response): Promise<boolean> => {
  await answer.arrayBuffer();
  return true;
};

/** The answers that carry what was asked for. Pure. */
export const readSent = (log: string): readonly Answer[] =>
  log.split("\n").flatMap((line) => {
    const [, bytes, path] = /^20[06] (\d+) (\/.*)$/.exec(line) ?? [];
    return bytes === undefined || path === undefined ? [] : [{ bytes: Number(bytes), path }];
  });

export const bytesOf = (answers: readonly Answer[]): number =>
  answers.reduce((sum, { bytes }) => sum + bytes, 0);
