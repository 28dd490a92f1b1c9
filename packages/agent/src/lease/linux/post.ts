/** One question to a server over the network of this machine. Redirections are answers like others: nobody is led elsewhere. */
import http from "node:http";
import https from "node:https";
import { startOfBody } from "../../web/linux/start-of-body.ts";
import type { LockAnswer, LockRequest } from "../protocol.ts";

const begin = (
  { url, headers, body }: LockRequest,
  signal: AbortSignal,
): { readonly answer: Promise<http.IncomingMessage>; readonly end: () => void } => {
  const { request } = url.startsWith("https:") ? https : http;
  const length = String(Buffer.byteLength(body));
  const asked = request(url, {
    method: "POST",
    headers: { ...headers, "content-length": length },
    agent: false,
    signal,
  });
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    asked.once("response", resolve);
    // For as long as there is a connection: an error that nobody listens to would end the process.
    asked.on("error", reject);
    // Whoever wants to speak another protocol gives no answer, and no error.
    asked.once("close", () => reject(new Error("the connection was closed without an answer")));
  });
  asked.end(body);
  return { answer, end: () => asked.destroy() };
};

/** @throws whatever keeps the answer from beginning within that time */
export const post = async (
  request: LockRequest,
  bounds: { readonly mostBytes: number; readonly signal: AbortSignal },
): Promise<LockAnswer> => {
  const { answer: begun, end } = begin(request, bounds.signal);
  try {
    const answer = await begun;
    const status = answer.statusCode ?? 0;
    const isGranted = status >= 200 && status < 300;
    return {
      status,
      retryAfter: answer.headers["retry-after"],
      // The status is what counts, and it is there; a reason that breaks off is none.
      body: isGranted ? "" : await startOfBody(answer, bounds.mostBytes).catch(() => ""),
    };
  } finally {
    end();
  }
};
