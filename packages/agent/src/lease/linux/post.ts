/** One question to a server over the network of this machine. Redirections are answers like others: nobody is led elsewhere. */
import http from "node:http";
import https from "node:https";
import type { LockAnswer, LockRequest } from "../protocol.ts";

/** The body as far as it comes, up to a bound: the status is what counts, and it is there. */
const startOf = (answer: http.IncomingMessage, mostBytes: number): Promise<string> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (): void => resolve(Buffer.concat(chunks).subarray(0, mostBytes).toString("utf8"));
    answer.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= mostBytes) end();
    });
    answer.once("end", end);
    answer.once("close", end);
    answer.on("error", end);
  });

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
      body: isGranted ? "" : await startOf(answer, bounds.mostBytes),
    };
  } finally {
    end();
  }
};
