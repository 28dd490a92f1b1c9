/** What the steps of one refresh from one source share. */
import type { Clock } from "@slipway/host";
import type { TrustedMetadataStore } from "tuf-js/dist/store.js";
import type { RepositorySource } from "../fetch/source.ts";
import { fetchWhole } from "./fetch-whole.ts";
import { FILE_LIMIT_MS, REFRESH_LIMIT_MS } from "./limits.ts";
import type { Place } from "./refusal.ts";
import { type Judged, refusalOf } from "./tuf-refusal.ts";

/** Files of metadata by the names of their roles, as in `TrustState`. */
export type RoleFiles = ReadonlyMap<string, Uint8Array>;

/** The moment by which expiry is measured. */
export interface Now {
  readonly at: Date;
  /** Whether the machine's clock says so, rather than a moment of the past that the clock has not reached. */
  readonly bySystemClock: boolean;
}

export interface Workflow {
  readonly set: TrustedMetadataStore;
  /** What was verified before. */
  readonly known: RoleFiles;
  readonly now: Now;
  readonly fetch: (path: string, mostBytes: number) => Promise<Uint8Array>;
  readonly placeOf: (path: string) => Place;
}

export interface FetchOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Fetches from one source, within one limit of time for everything together. */
export const fetcherOf = (
  source: RepositorySource,
  { clock, signal }: FetchOptions,
): Workflow["fetch"] => {
  const end = clock.monotonicMs() + REFRESH_LIMIT_MS;
  return (path, mostBytes) => {
    const limitMs = Math.max(1, Math.min(FILE_LIMIT_MS, end - clock.monotonicMs()));
    const request = { path, mostBytes, limitMs, ...(signal === undefined ? {} : { signal }) };
    return fetchWhole(source, request, clock);
  };
};

/** What tuf-js throws becomes a refusal. */
export const judge = (judged: Judged, check: () => void): void => {
  try {
    check();
  } catch (error) {
    throw refusalOf(error, judged);
  }
};

/** Whether tuf-js takes what is known already. Where it does not, say for a key that was replaced, the file is as good as not there. */
export const stillTaken = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};
