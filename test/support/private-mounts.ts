/** Programs with mounts of their own, which nobody else sees and which vanish with them. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Outcome, run, succeeded } from "./release.ts";

export interface PrivateMounts extends AsyncDisposable {
  /** The words before a command line whose program is to see these mounts. It keeps its process id. */
  readonly enter: readonly [string, ...string[]];
  /** Runs a program that sees these mounts. */
  readonly run: (argv: readonly [string, ...string[]]) => Promise<Outcome>;
  /** A file system in memory over `directory`, which must exist; again, to change its size. */
  readonly memory: (directory: string, mebibytes: number) => Promise<void>;
}

/** Needs root. `aptFrom` stands in for /etc/apt: an empty one names no archives and no proxies. */
export const privateMounts = async (
  options: { readonly aptFrom?: string } = {},
): Promise<PrivateMounts> => {
  // It waits for the end of its input, so that it ends with us, however we end.
  const keeper = spawn(
    "unshare",
    ["--mount", "--propagation", "private", "sh", "-c", "echo ready; read -r _"],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(keeper, "close");
  const [ready] = (await once(keeper.stdout, "data")) as [Buffer];
  assert.equal(ready.toString(), "ready\n");
  const enter = ["nsenter", "--mount", `--target=${keeper.pid}`, "--"] as const;
  const inside = (argv: readonly string[]): Promise<Outcome> => run([...enter, ...argv]);
  const mounted = new Set<string>();
  if (options.aptFrom !== undefined) {
    succeeded(await inside(["mount", "--bind", options.aptFrom, "/etc/apt"]));
  }
  return {
    enter,
    run: inside,
    memory: async (directory, mebibytes) => {
      const how = mounted.has(directory) ? ["-o", `remount,size=${mebibytes}m`] : [];
      succeeded(
        await inside([
          ...["mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`],
          ...how,
          "tmpfs",
          directory,
        ]),
      );
      mounted.add(directory);
    },
    [Symbol.asyncDispose]: async () => {
      keeper.stdin.end();
      await ended;
    },
  };
};
