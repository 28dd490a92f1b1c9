/** Slipway as a user starts it. */
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CHANGED_FILE, clear, type Invocation } from "./contestant.ts";

export interface Slipway {
  /** The definition that is built. */
  readonly definition: string;
  readonly lock: string;
  /** Where releases go. */
  readonly outputs: string;
  readonly invocation: Invocation;
  /**
   * Forgets what was built. `tools`: and the tools tree; `everything`: and packages, lock and node's compiled code.
   */
  readonly forget: (what: "builds" | "tools" | "everything") => Promise<void>;
  readonly changeConfig: (value: string) => Promise<void>;
}

/** Starts from nothing in `directory`, with an image that is `base` and one file more. */
export const openSlipway = async (
  repository: string,
  base: string,
  directory: string,
): Promise<Slipway> => {
  const at = (name: string): string => path.join(directory, name);
  const [definition, lock, outputs] = [at("bench.yaml"), at("bench.lock.json"), at("out")];
  const changeConfig = (value: string): Promise<void> =>
    writeFile(
      definition,
      // JSON is YAML, and quotes whatever the path holds.
      JSON.stringify({
        variant: "slipway",
        version: "1.0.0",
        include: [base],
        storage: { files: [{ path: CHANGED_FILE, contents: { inline: `${value}\n` } }] },
      }),
    );
  await clear(directory);
  await changeConfig("unchanged");
  return {
    definition,
    lock,
    outputs,
    invocation: {
      argv: [
        ...([path.join(repository, "slipway"), "build", definition, "--arch", "x86_64"] as const),
        ...["--out", outputs, "--cache", at("cache"), "--json"],
      ],
      cwd: repository,
      env: { XDG_CACHE_HOME: at("user") },
    },
    changeConfig,
    forget: async (what) => {
      await clear(outputs);
      if (what === "everything") {
        for (const name of ["cache", "user"]) await clear(at(name));
        await rm(lock, { force: true });
        return;
      }
      await clear(at("cache/last"));
      const steps = at("cache/steps");
      for (const name of await readdir(steps)) {
        if (name === "tools" && what === "builds") continue;
        await rm(path.join(steps, name), { recursive: true });
      }
    },
  };
};
