/** A node's trust in a repository over time: what it has seen, and each new look. */
import type { Clock, DurableDirectory } from "@slipway/host";
import type { ReceiverError } from "../errors.ts";
import type { RepositorySource } from "../fetch/source.ts";
import { refreshFrom, type Verified } from "./client-workflow.ts";
import { referenceTime } from "./time.ts";
import { startingState } from "./starting-state.ts";
import type { TrustState } from "./trust-state.ts";
import { openTrustStore } from "./trust-store.ts";
import { trustedView, type TrustedView } from "./trusted-view.ts";
import { combine, isOfSource } from "./try-sources.ts";
import type { Now } from "./workflow.ts";

export interface TrustOptions {
  /** A directory of the node's own on `/var`, mode 0700. */
  readonly store: DurableDirectory;
  /** The root that the booted image ships: where trust begins. */
  readonly initialRoot: Uint8Array;
  /** Copies of one repository, the preferred one first. */
  readonly sources: readonly RepositorySource[];
  readonly clock: Clock;
  /** Of the booted release. */
  readonly buildDate: Date;
  /** Takes one line for each thing that went wrong and was got round. */
  readonly log: (line: string) => void;
}

export interface Trust {
  /**
   * Looks for a newer state of the repository and verifies it. Every source is asked until one has news, so that an old or spoilt copy does not
   * hide a fresh one. What is believed is on the disk before this resolves. Not to be called again before it has.
   * @throws ReceiverError why no source's state was believed, or WRITE_FAILED
   */
  readonly refresh: (signal?: AbortSignal) => Promise<TrustedView>;
}

/** Two states within an hour are as good as one: not each look is worth a write. */
const SEEN_STEP_SECONDS = 3600;

const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);

/**
 * @throws ReceiverError BAD_METADATA and its like, where the root that the image ships is not one: then nothing can be believed.
 */
export const openTrust = async (options: TrustOptions): Promise<Trust> => {
  const { sources, clock, log, buildDate, initialRoot } = options;
  const store = openTrustStore(options.store, log);
  let state: Omit<TrustState, "generation"> = startingState(await store.load(), initialRoot, log);

  // One after the other: what is asked of a view at the same time is kept at the same time.
  let writing: Promise<unknown> = Promise.resolve();
  const keepAfter = async (
    before: Promise<unknown>,
    change: (current: typeof state) => typeof state,
  ): Promise<void> => {
    await Promise.allSettled([before]);
    const next = change(state);
    await store.save(next);
    state = next;
  };
  const keep = (change: (current: typeof state) => typeof state): Promise<void> => {
    const written = keepAfter(writing, change);
    writing = written;
    return written;
  };

  const keepVerified = async ({ roles, isNews }: Verified, at: Date): Promise<void> => {
    const lastSeen = Math.max(state.lastSeen, secondsOf(at));
    const isKept = !isNews && state.roles.has("targets");
    if (isKept && lastSeen - state.lastSeen < SEEN_STEP_SECONDS) return;
    await keep((before) => ({ ...before, roles, lastSeen }));
  };

  interface Found {
    readonly verified: Verified;
    readonly source: RepositorySource;
  }

  const timeNow = (): Now => {
    const system = clock.now();
    const lastSeen = new Date(state.lastSeen * 1000);
    const at = referenceTime({ system, built: buildDate, lastSeen });
    return { at, bySystemClock: at.getTime() === system.getTime() };
  };

  const search = async (now: Now, signal: AbortSignal | undefined): Promise<Found> => {
    const failures: ReceiverError[] = [];
    let nothingNew: Found | undefined;
    for (const source of sources) {
      try {
        const verified = await refreshFrom({
          source,
          known: state,
          now,
          clock,
          keepRoot: (root) => keep((before) => ({ ...before, root })),
          ...(signal === undefined ? {} : { signal }),
        });
        if (verified.isNews) return { verified, source };
        nothingNew ??= { verified, source };
      } catch (error) {
        if (!isOfSource(error)) throw error;
        failures.push(error);
        log(`${error.code}: ${error.message}`);
      }
    }
    if (nothingNew !== undefined) return nothingNew;
    throw combine(failures);
  };

  return {
    refresh: async (signal) => {
      const now = timeNow();
      const { verified, source } = await search(now, signal);
      await keepVerified(verified, now.at);
      return trustedView({
        verified,
        now,
        sources: [source, ...sources.filter((other) => other !== source)],
        log,
        clock,
        ...(signal === undefined ? {} : { signal }),
        keepRole: (role, bytes) =>
          keep((before) => ({ ...before, roles: new Map(before.roles).set(role, bytes) })),
        keptChannel: (path) => state.channels.get(path),
        keepChannel: (path, bytes) =>
          keep((before) => ({ ...before, channels: new Map([[path, bytes]]) })),
      });
    },
  };
};
