/** A QEMU that a test plays: the other ends of its channels, and its end. */
import { type Duplex, duplexPair, PassThrough } from "node:stream";
import type { Program } from "../../src/qemu/spawn.ts";

export interface PlayedProgram {
  readonly program: Program;
  /** Our side of the channels: control, status, standard output, standard error. */
  readonly guest: readonly Duplex[];
  readonly complain: (text: string) => void;
  readonly end: (status: number) => void;
  readonly wasKilled: () => boolean;
  /** What was said on the control channel. */
  readonly asked: () => string;
}

export const playProgram = (): PlayedProgram => {
  const pairs = Array.from({ length: 4 }, () => duplexPair());
  const stderr = new PassThrough();
  const ended = Promise.withResolvers<number>();
  let killed = false;
  let asked = "";
  const guest = pairs.map(([theirs]) => theirs);
  guest[0]?.on("data", (chunk: Buffer) => {
    asked += chunk.toString();
  });
  return {
    program: {
      channels: pairs.map(([, ours]) => ours),
      stdout: undefined,
      stderr,
      ended: ended.promise,
      kill: () => {
        killed = true;
        ended.resolve(137);
      },
    },
    guest,
    complain: (text) => void stderr.write(text),
    end: (status) => {
      ended.resolve(status);
    },
    wasKilled: () => killed,
    asked: () => asked,
  };
};

/** Lets streams and promises come to rest. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
};
