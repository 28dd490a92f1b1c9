import type { IncomingMessage } from "node:http";

/** The body of an answer up to a bound; what comes after is not read. Rejects where the answer breaks off before. */
export const startOfBody = (answer: IncomingMessage, mostBytes: number): Promise<string> =>
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
    // For as long as there is an answer: an error that nobody listens to would end the process.
    answer.on("error", reject);
  });
