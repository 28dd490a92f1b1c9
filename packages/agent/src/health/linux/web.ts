/** The network of this machine. */
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { startOfBody } from "../../web/linux/start-of-body.ts";
import type { Web } from "../ports.ts";

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
    return { status: answer.statusCode ?? 0, body: await startOfBody(answer, mostBytes) };
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
