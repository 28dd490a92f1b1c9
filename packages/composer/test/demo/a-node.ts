/** A node that a test plays: it answers what it is told to answer, and restarts when a release is offered. */
import type { Player } from "../../src/demo/play-scene.ts";

export interface PlayedNode {
  readonly machine: Player;
  /** What was run on it. */
  readonly ran: readonly string[];
  readonly restart: (times: number) => void;
  /** What `slipway-agent status --json` says from now on, or once each, in this order. */
  readonly says: (...statuses: readonly object[]) => void;
}

export const playNode = (files: Readonly<Record<string, string>> = {}): PlayedNode => {
  const ran: string[] = [];
  let resets = 0;
  let statuses: readonly object[] = [];
  const history = {
    records: [
      { kind: "good", at: 2 },
      { kind: "installed", at: 1, release: { version: "1" } },
    ],
  };
  const answer = (script: string): string => {
    const file = /^cat (\S+)$/.exec(script)?.[1];
    if (file !== undefined) return files[file] ?? "";
    if (script.includes("history")) return JSON.stringify(history);
    if (!script.includes("status")) return "";
    const [next, ...others] = statuses;
    if (others.length > 0) statuses = others;
    return JSON.stringify(next);
  };
  return {
    machine: {
      up: async () => ({ state: "running", bootId: `boot-${resets}` }),
      run: async (script) => {
        ran.push(script);
        return { status: 0, stdout: `${answer(script)}\n`, stderr: "" };
      },
      send: (script) => void ran.push(script),
      resets: () => resets,
      reset: async (count = 1) => {
        if (resets < count) throw new Error(`never reset ${count} times`);
      },
    },
    ran,
    restart: (times) => void (resets += times),
    says: (...said) => {
      statuses = said;
    },
  };
};
