/** What the command line asks of the composer: the part of `@slipway/composer` that it calls, so that tests can answer. */
import type { BuildOptions, BuiltRelease, Progress } from "@slipway/composer";
import type { Clock, Exec } from "@slipway/host";
import type { Architecture, ImageDefinition } from "@slipway/ignition-config";

/** One step of a build that was not made, only looked at. */
export interface PlannedStep {
  readonly step: string;
  /** `unknown`: it depends on the result of a step that would have to be made first. */
  readonly verdict: "cached" | "make" | "unknown";
  /** Of a step to make: the inputs that changed since it was last made; absent the first time. */
  readonly changed?: readonly string[];
}

/** What a build would do for one architecture. */
export interface PlannedRelease {
  readonly image: string;
  readonly version: string;
  readonly arch: Architecture;
  readonly directory: string;
  /** Why the lock would be brought up to date, as sentences; empty when it fits. */
  readonly drift: readonly string[];
  /** Packages of the lock that are not in the cache. */
  readonly fetch: { readonly count: number; readonly bytes: number };
  readonly steps: readonly PlannedStep[];
}

export interface LockOptions {
  readonly definitionFile: string;
  readonly definition: ImageDefinition;
  readonly architectures: readonly Architecture[];
  readonly cache: string;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly progress: Progress;
}

export interface LockedImage {
  /** The lock's file. */
  readonly file: string;
  /** Whether it says anything that it did not say before. */
  readonly changed: boolean;
  /** Packages by architecture. */
  readonly packages: Readonly<Partial<Record<Architecture, number>>>;
}

export interface Composer {
  buildReleases(options: BuildOptions): Promise<readonly BuiltRelease[]>;
  /** Writes nothing, neither to the output nor to the cache. */
  planBuild?(options: BuildOptions): Promise<readonly PlannedRelease[]>;
  /** Resolves the definition and writes its lock, and does not build. */
  lockImage?(options: LockOptions): Promise<LockedImage>;
}
