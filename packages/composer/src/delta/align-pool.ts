import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Alignment } from "@slipway/release";
import { decodeAlignments } from "./align-message.ts";

/** Aligns files in other threads, as many at a time as there are threads. */
export interface AlignPool extends AsyncDisposable {
  /** Takes both files' memory: neither can be read here any more. Rejected when the pool is disposed of meanwhile. */
  readonly align: (source: Uint8Array, target: Uint8Array) => Promise<readonly Alignment[]>;
}

/** TypeScript where the source runs as it is, JavaScript where it was compiled. */
const WORKER = new URL(`./align-worker${extname(import.meta.filename)}`, import.meta.url);

/** Starts a thread only when all others are at work. */
export const openAlignPool = (threads: number): AlignPool => {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: ((worker: Worker) => void)[] = [];
  const take = async (): Promise<Worker> => {
    const free = idle.pop();
    if (free !== undefined) return free;
    if (all.size >= Math.max(1, threads)) return new Promise((resolve) => waiting.push(resolve));
    const worker = new Worker(WORKER);
    all.add(worker);
    return worker;
  };
  const giveBack = (worker: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(worker);
    else next(worker);
  };
  return {
    align: async (source, target) => {
      const worker = await take();
      try {
        return await runTask(worker, source, target);
      } finally {
        giveBack(worker);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
};

const runTask = async (
  worker: Worker,
  source: Uint8Array,
  target: Uint8Array,
): Promise<readonly Alignment[]> => {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Alignment[]>();
  const onMessage = (numbers: unknown): void => {
    if (numbers instanceof Uint32Array) resolve(decodeAlignments(numbers));
    else reject(new TypeError("a thread that aligns files gave an unknown answer"));
  };
  const onExit = (): void => reject(new Error("a thread that aligns files has ended"));
  worker.on("message", onMessage).on("error", reject).on("exit", onExit);
  try {
    const parts = [detached(source), detached(target)] as const;
    worker.postMessage({ source: parts[0], target: parts[1] }, [parts[0].buffer, parts[1].buffer]);
    return await promise;
  } finally {
    worker.off("message", onMessage).off("error", reject).off("exit", onExit);
  }
};

/** Bytes whose memory is theirs alone, so that it can be given away. */
const detached = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
    ? new Uint8Array(bytes.buffer)
    : Uint8Array.from(bytes);
