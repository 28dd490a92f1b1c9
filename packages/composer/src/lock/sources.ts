/** The remote sources of a lock, fetched once and kept by digest. */
import { createHash } from "node:crypto";
import { mkdir, open, rename } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "@slipway/host";
import { checkResource, ContentsError } from "../bake/contents.ts";
import type { StepStore } from "../cache/store.ts";
import { ComposerError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { COMPOSER_VERSION } from "../version.ts";
import { sha256File } from "./debs.ts";
import {
  type Environment,
  GetError,
  type GetLimits,
  type HttpClient,
  httpClient,
  httpGet,
} from "./http-get.ts";
import {
  byAddress,
  demandedDigests,
  type LockedSource,
  lockedSource,
  type RemoteSource,
} from "./remote-sources.ts";

export interface FetchContext {
  readonly store: Pick<StepStore, "sources" | "scratch">;
  readonly clock: Pick<Clock, "sleep">;
  readonly progress: Progress;
  /** Whose proxies are used. */
  readonly environment: Environment;
}

export interface FetchOptions {
  readonly sources: readonly RemoteSource[];
  /** The longest contents that are taken. */
  readonly limitBytes: number;
  /** Shorter or longer than usual, for tests. */
  readonly times?: Partial<Omit<GetLimits, "bytes">>;
}

/** How long a server may be silent, and how long a file may take: a gigabyte at five megabits a second. */
const TIMES = { idleMs: 30_000, totalMs: 30 * 60_000 } as const;
/** Milliseconds to wait before each further attempt. */
const PAUSES = [200, 1000, 5000] as const;

/** Where what a source gave lies once it has been fetched. */
export const sourceFile = (
  store: Pick<StepStore, "sources">,
  { sha256 }: Pick<LockedSource, "sha256">,
): string => path.join(store.sources, sha256);

/**
 * Has every source in the cache: what the lock knows by its digest, anything else as the server gives it now, held
 * against the digests that the config demands.
 * @returns the lock's new section, sorted by address.
 * @throws ComposerError `SOURCE_FAILED`, `SOURCE_CHANGED`.
 */
export const fetchSources = async (
  context: FetchContext,
  locked: readonly LockedSource[],
  { sources, ...options }: FetchOptions,
): Promise<readonly LockedSource[]> => {
  if (sources.length === 0) return [];
  const { store, progress } = context;
  const known = byAddress(locked);
  const client = httpClient(`slipway/${COMPOSER_VERSION}`, context.environment);
  await mkdir(store.sources, { recursive: true });
  return progress.task("sources", `${sources.length} in the definition`, async (task) => {
    const entries: LockedSource[] = [];
    for (const source of sources) {
      const entry = lockedSource(known, source);
      if (entry !== undefined && (await isThere(store, entry))) {
        entries.push(entry);
        continue;
      }
      task.note(source.url);
      entries.push(await fetchSource({ ...context, client }, source, entry, options));
    }
    return entries;
  });
};

/** A cache is a directory that others can write to as well: size and digest are those of the lock, or it is not there. */
const isThere = async (
  store: Pick<StepStore, "sources">,
  entry: Pick<LockedSource, "sha256">,
): Promise<boolean> => {
  const file = sourceFile(store, entry);
  return sha256File(file).then(
    (found) => found === entry.sha256,
    () => false,
  );
};

interface Fetching extends FetchContext {
  readonly client: HttpClient;
}

const fetchSource = async (
  context: Fetching,
  source: RemoteSource,
  entry: LockedSource | undefined,
  { limitBytes, times }: Omit<FetchOptions, "sources">,
): Promise<LockedSource> => {
  const { url } = source;
  await using scratch = await context.store.scratch("source");
  const file = path.join(scratch.directory, "body");
  const limits = { ...TIMES, ...times, bytes: entry?.size ?? limitBytes };
  const got = await download(context, source, file, limits).catch((error: unknown) => {
    if (!(error instanceof GetError)) throw error;
    // Longer than what the lock names is other than what it names.
    throw entry !== undefined && error.isTooLong ? changed(source) : unfetched(source, error);
  });
  if (entry !== undefined && (got.sha256 !== entry.sha256 || got.size !== entry.size)) {
    throw changed(source);
  }
  for (const check of source.checks) {
    const resource = { ...check, kind: "local", path: file, origin: source.origin } as const;
    await checkResource(resource, limitBytes).catch((error: unknown) => {
      if (!(error instanceof ContentsError)) throw error;
      throw new ComposerError("SOURCE_CHANGED", `${told(source)}: ${error.message}`, {
        cause: error,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    });
  }
  await rename(file, sourceFile(context.store, got));
  return { url, ...got, verification: demandedDigests(source) };
};

/** Tries again after what may pass: a build must not fail because a server restarts. */
const download = async (
  { clock, progress, client }: Fetching,
  { url, headers }: RemoteSource,
  file: string,
  limits: GetLimits,
): Promise<Pick<LockedSource, "size" | "sha256">> => {
  const { signal } = progress;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const hash = createHash("sha256");
      let size = 0;
      await using handle = await open(file, "w");
      const take = async (chunk: Uint8Array): Promise<void> => {
        hash.update(chunk);
        size += chunk.length;
        await handle.writeFile(chunk);
      };
      await httpGet(client, { url, headers, limits }, take, signal);
      return { size, sha256: hash.digest("hex") };
    } catch (error) {
      const pause = PAUSES[attempt];
      if (!(error instanceof GetError) || !error.isPassing || pause === undefined) throw error;
      await clock.sleep(pause, signal);
    }
  }
};

const told = ({ url, origin }: RemoteSource): string =>
  `${url} (${origin.file}:${origin.start.line}:${origin.start.column})`;

const unfetched = (source: RemoteSource, error: GetError): ComposerError =>
  new ComposerError("SOURCE_FAILED", `${told(source)} cannot be fetched: ${error.message}`, {
    cause: error,
    hint: error.isTooLong
      ? "name a shorter file, or raise image.slot_size_mib"
      : "check the address and the network (https_proxy and no_proxy are heeded), and run the command again",
  });

const changed = (source: RemoteSource): ComposerError =>
  new ComposerError(
    "SOURCE_CHANGED",
    `${told(source)} no longer gives what the lock names: its size or SHA-256 differs`,
    {
      hint: "if the change is meant, remove the address from the lock, or write the new digest under `verification`, and lock anew",
    },
  );
