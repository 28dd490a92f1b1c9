/** Everything outside that the command line works with: made by main.ts, or by a test. */
import type { Clock, Exec, Screen, WriteData } from "@slipway/host";
import type { DefinitionIo } from "@slipway/ignition-config";
import type { Composer } from "./composer.ts";
import type { ProjectFile } from "./init/project.ts";

/** Writes all files below a directory, or none when some are there already: those it answers. */
export type CreateFiles = (
  directory: string,
  files: readonly ProjectFile[],
) => Promise<{ readonly existing: readonly string[] }>;

export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working directory, absolute. */
  readonly directory: string;
  /** The home directory, absolute. */
  readonly home: string;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly definitions: DefinitionIo;
  readonly createFiles: CreateFiles;
  /** Loaded when first needed: most of the program. */
  readonly composer: () => Promise<Composer>;
  /** Standard error. */
  readonly screen: Screen;
  /** Standard output. Resolves when it is with whoever reads it, or nobody reads any more. */
  readonly writeData: WriteData;
  /** Aborted when the person wants to stop. */
  readonly signal: AbortSignal;
}
