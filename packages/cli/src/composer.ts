/** What the command line asks of the composer, so that tests can answer in its place. */
import type * as composer from "@slipway/composer";
import type { MachineOutcome, Progress } from "@slipway/composer";
import type { Clock, Exec } from "@slipway/host";

export interface BootOptions {
  /** A release directory, or the file of a disk. Absolute. */
  readonly target: string;
  /** Absent: the composer's default. */
  readonly memoryMib?: number;
  readonly diskBytes?: number;
  readonly keep: boolean;
  /** The command for the guest; without one its console is on our terminal. */
  readonly command?: string;
  readonly timeoutMs?: number;
  /** The command's output as it comes. */
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
  /** What a person should know while waiting. */
  readonly onMessage: (message: string) => void;
  readonly cache: string;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly progress: Progress;
}

export type Composer = Pick<
  typeof composer,
  "buildReleases" | "inspectRelease" | "lockImage" | "planBuild" | "presentRelease" | "TreeRefused"
> & {
  /** Boots a release or a disk with QEMU from the machine tools tree. */
  readonly bootMachine?: (options: BootOptions) => Promise<MachineOutcome>;
};
