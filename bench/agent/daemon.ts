/** The agent's daemon on a simulated node, and what it says. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { SimulatedNode } from "./simulated-node.ts";

export interface Daemon extends AsyncDisposable {
  readonly pid: number;
  /** Its last words, for errors. */
  readonly said: () => string;
}

const MOST_WORDS = 20_000;

export const startDaemon = (node: SimulatedNode): Daemon => {
  const [program, ...words] = [...node.enter, "/usr/bin/slipway-agent", "daemon"] as const;
  const child = spawn(program, words, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "close");
  let said = "";
  child.stderr
    .setEncoding("utf8")
    .on("data", (text: string) => (said = `${said}${text}`.slice(-MOST_WORDS)));
  if (child.pid === undefined) throw new Error("the agent's daemon did not start");
  return {
    pid: child.pid,
    said: () => said,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
};
