/** A long-lived program of a tools tree that we talk with through inherited sockets. */
import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { type Command, HostError } from "@slipway/host";
import { type SandboxOptions, sandboxCommand } from "../tools/sandbox.ts";

export interface Program {
  /** Connected sockets, in the order of the descriptors the program knows them by: 3, 4, … */
  readonly channels: readonly Duplex[];
  /** Standard output; undefined when it is the terminal. */
  readonly stdout: NodeJS.ReadableStream | undefined;
  readonly stderr: NodeJS.ReadableStream;
  /** Resolves with the exit status when the program has ended and all it said has been read. */
  readonly ended: Promise<number>;
  /** Ends it at once, with everything it started. */
  kill(): void;
}

/** The descriptor of a program's first channel. */
export const FIRST_CHANNEL = 3;

export interface SpawnOptions extends SandboxOptions {
  /** Whether standard input and output are the terminal of ours. */
  readonly terminal: boolean;
  readonly channels: number;
}

/** Starts programs; a port, so that tests can do without QEMU. */
export type Spawn = (tree: string, command: Command, options: SpawnOptions) => Program;

export const spawnInTree: Spawn = (tree, command, { terminal, channels, ...sandbox }) => {
  const { argv } = sandboxCommand(tree, command, sandbox);
  const [program, ...args] = argv;
  const standard = terminal
    ? (["inherit", "inherit", "pipe"] as const)
    : (["ignore", "pipe", "pipe"] as const);
  const child = spawn(program, args, {
    cwd: "/",
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      LC_ALL: "C.UTF-8",
    },
    // Node makes each of these pipes a connected pair of sockets, which QEMU takes by descriptor.
    stdio: [...standard, ...Array.from({ length: channels }, () => "pipe" as const)],
    // Away from the terminal's process group: an interrupt is ours to handle. It dies with us all the same
    // (bubblewrap's --die-with-parent). With the terminal it must stay, to be allowed to read from it.
    detached: !terminal,
  });
  const { stderr } = child;
  if (stderr === null) throw new TypeError("the program has no standard error");
  return {
    channels: child.stdio.slice(FIRST_CHANNEL).map((stream) => {
      if (!(stream instanceof Duplex)) throw new TypeError("a channel is no socket");
      // A channel that breaks tells nothing that the program's end does not.
      stream.on("error", () => undefined);
      return stream;
    }),
    stdout: child.stdout ?? undefined,
    stderr,
    ended: new Promise((resolve, reject) => {
      child.once("error", (cause) => {
        reject(
          new HostError(
            "COMMAND_MISSING",
            `${program} could not be started while ${command.purpose}`,
            {
              command: { ...command, argv },
              cause,
            },
          ),
        );
      });
      child.once("close", (code) => {
        resolve(code ?? 1);
      });
    }),
    kill: () => {
      child.kill("SIGKILL");
    },
  };
};
