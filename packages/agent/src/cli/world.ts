/** Everything outside that the command line works with: made by main.ts, or by a test. */
import type { Clock, Screen, WriteData } from "@slipway/host";
import type { Agent } from "./agent.ts";

export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working directory, absolute. */
  readonly directory: string;
  readonly clock: Clock;
  /** Loaded when first needed: most of the program. */
  readonly agent: () => Promise<Agent>;
  /** Standard error. */
  readonly screen: Screen;
  readonly writeData: WriteData;
  /** Aborted when the person, or systemd, wants it to stop. */
  readonly signal: AbortSignal;
}
