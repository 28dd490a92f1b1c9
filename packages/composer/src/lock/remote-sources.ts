/** What a config fetches, and what the lock knows of it. Pure. */
import type { Config, File, HttpHeader, Range, Resource } from "@slipway/ignition-config";

/** One address of a config, with everything that is asked of what it gives. */
export interface RemoteSource {
  readonly url: string;
  readonly headers: readonly HttpHeader[];
  /** One for every place that names it. */
  readonly checks: readonly Pick<Resource, "compression" | "verification">[];
  /** The first place that names it. */
  readonly origin: Range;
}

/** What an address gave when the image was locked. */
export interface LockedSource {
  readonly url: string;
  /** In bytes, as fetched: still packed if it is. */
  readonly size: number;
  /** Of the bytes as fetched, lower-case hex. */
  readonly sha256: string;
  /** The digests that the config demanded then, sorted; others make it be fetched anew. */
  readonly verification: readonly string[];
}

/** The addresses that a config fetches, each once, sorted. */
export const remoteSources = ({ storage }: Pick<Config, "storage">): readonly RemoteSource[] => {
  const found = new Map<
    string,
    RemoteSource & { readonly checks: RemoteSource["checks"][number][] }
  >();
  for (const resource of storage.files.flatMap(resourcesOf)) {
    if (resource.kind !== "remote") continue;
    const { url, headers, origin } = resource;
    const source = found.get(url) ?? { url, headers, origin, checks: [] };
    source.checks.push(resource);
    found.set(url, source);
  }
  return [...found.values()].toSorted((a, b) => (a.url < b.url ? -1 : 1));
};

const resourcesOf = ({ contents, append }: File): readonly Resource[] =>
  contents === undefined ? append : [contents, ...append];

/** The digests that a source must match, as the lock records them. */
export const demandedDigests = ({ checks }: Pick<RemoteSource, "checks">): readonly string[] => {
  const hashes = checks.flatMap(({ verification }) => verification?.hash.toLowerCase() ?? []);
  return [...new Set(hashes)].toSorted();
};

/** What the lock knows, by address. */
export type LockedSources = ReadonlyMap<string, LockedSource>;

export const byAddress = (locked: readonly LockedSource[]): LockedSources =>
  new Map(locked.map((entry) => [entry.url, entry]));

/** The lock's word on a source, as long as the same is asked of it. */
export const lockedSource = (
  locked: LockedSources,
  source: RemoteSource,
): LockedSource | undefined => {
  const entry = locked.get(source.url);
  return entry?.verification.join() === demandedDigests(source).join() ? entry : undefined;
};

/** What in the lock's sources does not fit the config, as sentences. */
export const sourceDrift = (
  locked: readonly LockedSource[],
  sources: readonly RemoteSource[],
): readonly string[] => {
  const known = byAddress(locked);
  const wanted = new Set(sources.map(({ url }) => url));
  return [
    ...sources
      .filter((source) => lockedSource(known, source) === undefined)
      .map(({ url }) =>
        known.has(url) ? `the definition demands another digest of ${url}` : `it lacks ${url}`,
      ),
    ...locked
      .filter(({ url }) => !wanted.has(url))
      .map(({ url }) => `the definition no longer fetches ${url}`),
  ];
};

/** The config with every remote source turned into the file that holds what was fetched. */
export const withFetched = (config: Config, fileOf: (url: string) => string): Config => {
  const fetched = (resource: Resource): Resource => {
    if (resource.kind !== "remote") return resource;
    const { url, headers: _, ...rest } = resource;
    return { ...rest, kind: "local", path: fileOf(url) };
  };
  const files = config.storage.files.map(({ contents, append, ...file }): File => ({
    ...file,
    ...(contents === undefined ? {} : { contents: fetched(contents) }),
    append: append.map(fetched),
  }));
  return { ...config, storage: { ...config.storage, files } };
};
