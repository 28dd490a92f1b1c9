/** A program and the status that it ends with. */
import type { Exec } from "@slipway/host";
import type { CommandCheck } from "@slipway/release";
import type { Seen } from "../trial.ts";

/** Whatever it ends with is an answer. */
const ANY_STATUS: readonly number[] = Array.from({ length: 256 }, (_, status) => status);

export const lookAtCommand =
  (exec: Exec, { argv, status }: CommandCheck) =>
  async (signal: AbortSignal): Promise<Seen> => {
    const { exitCode, stdout, stderr } = await exec.run(
      { argv, purpose: "checking the node's health" },
      { signal, accept: ANY_STATUS },
    );
    return {
      passed: exitCode === status,
      seen:
        exitCode === status
          ? `${argv[0]} ended with status ${exitCode}`
          : `${argv[0]} ended with status ${exitCode}, not ${status}`,
      output: `${stdout}\n${stderr}`,
    };
  };
