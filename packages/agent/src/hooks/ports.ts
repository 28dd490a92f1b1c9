/** What running hooks stands on. */
import type { Clock } from "@slipway/host";

/** What is at a path, for whoever wants to run it. `masked`: a link to /dev/null, or no file that anybody may execute. */
export type HookFile = "program" | "masked";

/** How a program ended. */
export type Ending =
  | { readonly kind: "exited"; readonly status: number }
  | { readonly kind: "killed"; readonly signal: string }
  /** After its time, by us. */
  | { readonly kind: "timed-out" }
  | { readonly kind: "not-started"; readonly reason: string };

export interface HookProgram {
  readonly file: string;
  /** All of it: nothing else is in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Every line that it writes, of both its outputs in the order in which they come; cut where one is too long. */
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface HookPorts {
  /** The names in a directory; none where there is none. @throws where it cannot be read */
  readonly names: (directory: string) => Promise<readonly string[]>;
  /** Links are followed, but for one to /dev/null. @throws where that cannot be told */
  readonly fileAt: (path: string) => Promise<HookFile>;
  /** Runs a program to its end, and ends with it whatever it began. Never rejects. */
  readonly run: (program: HookProgram) => Promise<Ending>;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** One begins, for whoever looks meanwhile. */
  readonly begins?: (name: string) => void;
  /** For people: a line each. */
  readonly log: (line: string) => void;
}
