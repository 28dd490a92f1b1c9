/** The network of this machine. */
import http from "node:http";
import https from "node:https";
import net from "node:net";
import type { Web } from "../ports.ts";

/** The body as far as it is kept; what comes after is not read. */
const startOf = (answer: http.IncomingMessage, mostBytes: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (): void => resolve(Buffer.concat(chunks).subarray(0, mostBytes).toString("utf8"));
    answer.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= mostBytes) end();
    });
    answer.once("end", end);
    answer.once("error", reject);
  });

/** The answer once it has begun; its body is still to be read. */
const ask = (
  url: string,
  signal: AbortSignal,
): { readonly answer: Promise<http.IncomingMessage>; readonly end: () => void } => {
  const { get } = url.startsWith("https:") ? https : http;
  const request = get(url, { signal, agent: false });
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    // For as long as there is a connection: an error that nobody listens to would end the process.
    request.on("error", reject);
  });
  return { answer, end: () => request.destroy() };
};

const get: Web["get"] = async (url, { mostBytes, signal }) => {
  const asked = ask(url, signal);
  try {
    const answer = await asked.answer;
    return { status: answer.statusCode ?? 0, body: await startOf(answer, mostBytes) };
  } finally {
    asked.end();
  }
};

const connect: Web["connect"] = ({ host, port }, signal) =>
  new Promise<void>((resolve, reject) => {
    const socket = net.connect({ host, port, signal });
    socket.once("connect", () => {
      resolve();
      socket.destroy();
    });
    socket.once("error", reject);
  });

export const linuxWeb: Web = { get, connect };
