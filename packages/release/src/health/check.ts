/**
 * What must work on a node before a release is blessed there. One spelling for people and programs: what stands under `image.health` in a
 * definition stands in a file of `health.d` too.
 */

/** A `required` check that fails makes a release bad; a `wanted` one is told and no more. */
export type CheckLevel = "required" | "wanted";

export const CHECK_LEVELS: readonly [CheckLevel, ...CheckLevel[]] = ["required", "wanted"];

/** Units of systemd. At least one of the two is asked for. */
export interface UnitsCheck {
  /** Every one of these is active. */
  readonly active: readonly string[];
  /** No unit at all has failed. */
  readonly none_failed: boolean;
}

/** A program that ends in time with this status. */
export interface CommandCheck {
  /** The first is an absolute path; no shell reads it. */
  readonly argv: readonly [string, ...string[]];
  readonly status: number;
}

/** An answer over HTTP. Redirects are answers too. */
export interface HttpCheck {
  /** `http:` or `https:`. */
  readonly url: string;
  /** Absent: whichever from 200 to 299. */
  readonly status?: number;
  /** Somewhere in the first mebibyte of the body. */
  readonly contains?: string;
}

/** Something that takes connections. */
export interface TcpCheck {
  readonly host: string;
  readonly port: number;
}

export interface FileCheck {
  readonly path: string;
  /** Somewhere in its first mebibyte. */
  readonly contains?: string;
  /** It was written at most so many seconds ago. */
  readonly fresh_seconds?: number;
}

/** Room on the file system of a path. At least one of the two is asked for. */
export interface SpaceCheck {
  readonly path: string;
  readonly free_mib?: number;
  readonly free_percent?: number;
}

/** `plausible`: not before the release was built. `synchronised`: somebody set it over the network, too. */
export const CLOCK_STATES = ["plausible", "synchronised"] as const;

export interface ClockCheck {
  readonly state: (typeof CLOCK_STATES)[number];
}

/** `routable`: an address that reaches beyond the link. `online`: every link that networkd requires is up as it asks. */
export const NETWORK_STATES = ["routable", "online"] as const;

export interface NetworkCheck {
  readonly state: (typeof NETWORK_STATES)[number];
}

/** What is looked at, by the name of its kind. */
export interface CheckKinds {
  readonly units: UnitsCheck;
  readonly command: CommandCheck;
  readonly http: HttpCheck;
  readonly tcp: TcpCheck;
  readonly file: FileCheck;
  readonly space: SpaceCheck;
  readonly clock: ClockCheck;
  readonly network: NetworkCheck;
}

export type CheckKind = keyof CheckKinds;

/** What a check looks at. */
export type Look = {
  readonly [K in CheckKind]: { readonly kind: K; readonly what: CheckKinds[K] };
}[CheckKind];

/** How often and how long. */
export interface Patience {
  /** For one try. */
  readonly timeoutSeconds: number;
  /** Tries after the first one failed; absent: as many as the deadline leaves time for. */
  readonly retries?: number;
  /** Between the end of a failed try and the next one. */
  readonly intervalSeconds: number;
}

export interface HealthCheck extends Patience {
  readonly name: string;
  readonly level: CheckLevel;
  readonly look: Look;
}

/** Built-in checks that compare with the release before, by the names that files have for them: what the node stands in may fail them, too. */
export const COMPARING_CHECKS = ["network", "new_failures"] as const;

export type ComparingCheck = (typeof COMPARING_CHECKS)[number];

/** What each of them decides; `required` where nothing is said. */
export type ComparingLevels = Readonly<Partial<Record<ComparingCheck, CheckLevel>>>;

/** One file of `health.d`, or what the image says. */
export interface HealthChecks {
  /** From the start of the kernel to the verdict. The shortest of all files counts. */
  readonly deadlineSeconds?: number;
  /** After all required checks passed they must pass once more so long afterwards. The longest of all files counts. */
  readonly settleSeconds?: number;
  /** Of several files the last one counts, check by check. */
  readonly builtIn?: ComparingLevels;
  readonly checks: readonly HealthCheck[];
}

export const DEFAULT_DEADLINE_SECONDS = 600;
export const DEFAULT_SETTLE_SECONDS = 0;
export const DEFAULT_TIMEOUT_SECONDS = 10;
export const DEFAULT_INTERVAL_SECONDS = 5;
