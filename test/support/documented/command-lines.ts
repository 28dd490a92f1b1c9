/** Our two command lines as far as reading their arguments goes: what they would do is not done. */
import { type World as AgentWorld, runCommandLine } from "@slipway/agent/cli";
import { runSlipway, type World as SlipwayWorld } from "@slipway/cli";
import { manualClock } from "@slipway/host/testing";

/** Why the arguments are none that the program takes; nothing where it would have begun. */
export type Problem = string | undefined;

interface Reached {
  /** Whether anything outside of the program was asked for: by then its arguments are read. */
  outside: boolean;
  said: string;
}

const USAGE = 2;

const aWorld = (reached: Reached) => ({
  environment: {},
  directory: "/root",
  clock: manualClock(new Date("2027-01-01T00:00:00Z")),
  screen: {
    isTerminal: false,
    size: () => ({ columns: 80, rows: 24 }),
    write: (text: string | Uint8Array): void => {
      reached.said += String(text);
    },
  },
  writeData: async (): Promise<void> => {},
  signal: new AbortController().signal,
});

const stopping = (reached: Reached) => async (): Promise<never> => {
  reached.outside = true;
  throw new Error("nothing is done here");
};

const judged = (status: number, { outside, said }: Reached): Problem =>
  (outside && status !== USAGE) || status === 0 ? undefined : said.trim();

/** As `slipway-agent ARGUMENTS` reads them. */
export const agentProblem = async (args: readonly string[]): Promise<Problem> => {
  const reached: Reached = { outside: false, said: "" };
  const world: AgentWorld = { ...aWorld(reached), agent: stopping(reached) };
  return judged(await runCommandLine(args, world), reached);
};

/** As `slipway ARGUMENTS` reads them; `files` are those that it may read. */
export const slipwayProblem = async (
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Problem> => {
  const reached: Reached = { outside: false, said: "" };
  const stop = stopping(reached);
  const world: SlipwayWorld = {
    ...aWorld(reached),
    home: "/root",
    exec: { run: stop },
    createFiles: stop,
    composer: stop,
    definitions: {
      kind: stop,
      read: async (file) => {
        const text = files[file];
        return text === undefined ? stop() : { ok: true, bytes: Buffer.from(text) };
      },
    },
  };
  return judged(await runSlipway(args, world), reached);
};
