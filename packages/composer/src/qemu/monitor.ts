/** Talking with a running QEMU over its control channel. */
import type { Duplex } from "node:stream";
import { ComposerError } from "../errors.ts";
import {
  CAPABILITIES,
  type Message,
  parseMessage,
  QUIT,
  request,
  type StopCause,
} from "./control.ts";
import { onLine } from "./lines.ts";

export interface Monitor {
  /**
   * Asks QEMU to do `command` and answers what it returns.
   * @throws ComposerError `MACHINE_FAILED` when QEMU refuses, or ends before it has answered.
   */
  readonly execute: (command: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  /**
   * Asks QEMU's monitor for people, where QMP has no words, and answers its text.
   * @throws ComposerError as `execute` does.
   */
  readonly info: (line: string) => Promise<string>;
  /** Why the machine has stopped, if it has. */
  readonly stop: () => StopCause | undefined;
  /** Ends QEMU. For the guest it is a power cut. */
  readonly quit: () => void;
}

/** Whatever QEMU says that is no answer goes to `onEvent`. */
export const openMonitor = (channel: Duplex, onEvent?: (event: Message) => void): Monitor => {
  let cause: StopCause | undefined;
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  const failed = (why: string): ComposerError =>
    new ComposerError("MACHINE_FAILED", `QEMU did not do what it was asked: ${why}`);
  onLine(channel, (line) => {
    const message = parseMessage(line);
    if (message === undefined) return;
    switch (message.kind) {
      case "answer":
        waiting.get(message.id)?.resolve(message.value);
        waiting.delete(message.id);
        return;
      case "refusal":
        waiting.get(message.id)?.reject(failed(message.reason));
        waiting.delete(message.id);
        return;
      case "stopped":
        cause ??= message.cause;
        break;
      case "reset":
      case "watchdog":
        break;
    }
    onEvent?.(message);
  });
  channel.once("close", () => {
    for (const { reject } of waiting.values()) reject(failed("it has ended"));
    waiting.clear();
  });
  channel.write(CAPABILITIES);
  const execute: Monitor["execute"] = (command, args) => {
    const id = (last += 1);
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    channel.write(request(id, command, args));
    return answer.promise;
  };
  return {
    execute,
    info: async (line) => {
      const text = await execute("human-monitor-command", { "command-line": `info ${line}` });
      return typeof text === "string" ? text : "";
    },
    stop: () => cause,
    quit: () => {
      channel.write(QUIT);
    },
  };
};
