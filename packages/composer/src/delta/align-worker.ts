/** A thread that aligns pairs of files for `align-pool.ts`, one after the other. */
import { parentPort } from "node:worker_threads";
import { alignFiles } from "@slipway/release";
import { encodeAlignments, isAlignTask } from "./align-message.ts";

parentPort?.on("message", (task: unknown) => {
  if (!isAlignTask(task)) throw new TypeError("a thread was given something that is no pair");
  const alignments = encodeAlignments(alignFiles(task.source, task.target));
  parentPort?.postMessage(alignments, [alignments.buffer]);
});
