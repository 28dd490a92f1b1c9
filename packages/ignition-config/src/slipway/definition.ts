/** An image definition after includes are merged and everything is checked: what the composer builds from. */
import type { Minor } from "../ignition/schema/table.ts";
import type { ConfigAt } from "../ignition/schema/types.ts";
import type { Config } from "../ignition/config.ts";
import type { Path, Range } from "../report/finding.ts";

/** A machine's architecture, as systemd and the kernel name it. */
export type Architecture = "x86_64" | "aarch64";

/** Every architecture there is, in the order in which they are built and listed. */
export const ARCHITECTURES: readonly Architecture[] = ["x86_64", "aarch64"];

export interface ImageDefinition {
  readonly image: ImageBlock;
  readonly config: Config;
  /** What no image can have, for Ignition to apply when the node starts for the first time. */
  readonly firstBoot?: IgnitionConfig;
  /** Every document read, each once: the given file first, then its includes in the order of reading. */
  readonly sources: readonly Source[];
  /** Where each value of the merged document was written; see `originOf`. */
  readonly origins: Origins;
}

/** An Ignition config. */
export interface IgnitionConfig {
  /** Valid for its spec. */
  readonly config: ConfigAt<Minor>;
  /** The spec by its minor number: 6 is 3.6.0. */
  readonly minor: Minor;
}

/** One document that the definition was read from. */
export interface Source {
  readonly file: string;
  /** In bytes. */
  readonly size: number;
}

/** Knows where each value of the merged document was written; works a position out only when asked. */
export interface Origins {
  readonly at: (path: Path) => Range;
}

export interface ImageBlock {
  /** `[a-z0-9][a-z0-9-]*`, at most 32 characters. */
  readonly name: string;
  /** A UAPI.10 version that is safe in a FAT file name: `[a-zA-Z0-9.~^-]`, at most 64 characters. */
  readonly version: string;
  /** At least one, each once, in the order of `ARCHITECTURES`. */
  readonly architectures: readonly Architecture[];
  /** Debian suite, such as `trixie`. */
  readonly suite: string;
  /** Archive components, at least one, such as `main`. */
  readonly components: readonly string[];
  /** Debian binary package names, each once, in order of mention. */
  readonly packages: readonly string[];
  /** URL of the archive without a trailing slash; absent means the composer's default. */
  readonly mirror?: string;
  /** Size of one root slot, 256 to 65536 MiB. */
  readonly slotSizeMib: number;
  readonly kernelPackage: Readonly<Record<Architecture, string>>;
  /** Kernel modules that the initrd holds beside the built-in set, by name without `.ko`. */
  readonly initrdModules: readonly string[];
  /** Extra or overriding fields of `/etc/os-release`, values unquoted. */
  readonly osRelease: Readonly<Record<string, string>>;
  /** Absolute paths of the only files that may have a set-uid or set-gid bit. */
  readonly setIdFiles: readonly string[];
  /** What the image says to the agent on its nodes; absent where it says nothing. */
  readonly update?: UpdateBlock;
  /** What must work on a node before a release is blessed there, in the spelling of health.d's files; absent where nothing is asked for. */
  readonly health?: HealthBlock;
}

/** Valid for the decoder of health checks, whose files have these fields and a schema number. */
export interface HealthBlock {
  readonly deadline_seconds?: number;
  readonly settle_seconds?: number;
  readonly built_in?: object;
  readonly checks?: readonly object[];
}

/** Where nodes look for releases and when they take them. What is absent is as the agent has it by itself. */
export interface UpdateBlock {
  /** URLs of the repository's copies, 1 to 8, the preferred one first; `https:`, `http:` or `file:`. */
  readonly repository?: readonly string[];
  readonly channel?: string;
  /** Path on the builder's machine of the TUF root that nodes trust at first; there whenever `repository` is. */
  readonly root?: string;
  /** 1 to 604800. */
  readonly pollSeconds?: number;
  readonly strategy?: "immediate" | "window" | "lock" | "manual";
  readonly stage?: "early" | "at-window";
  /** 1 to 32 for the strategy `window`, in the agent's notation. */
  readonly windows?: readonly string[];
  readonly timeZone?: string;
  /** `YYYY-MM-DD`, or two with ` to ` between them. */
  readonly blackouts?: readonly string[];
  /** There for the strategy `lock`. */
  readonly lockServer?: string;
  readonly lockGroup?: string;
}

/**
 * Where the value at `path` was written, or the nearest value around it. Paths are those of the merged document in
 * its own spelling, such as `["image", "debian", "packages", 3]`.
 */
export const originOf = (definition: Pick<ImageDefinition, "origins">, path: Path): Range =>
  definition.origins.at(path);
