/** Reading what apt says. Pure. */
import type { Mirrors } from "../tools/apt-sources.ts";
import type { ArchiveName, LockedPackage } from "./lock.ts";

/**
 * One line of `apt-get --print-uris`: `'URI' FILE SIZE SHA256:HEX`. Undefined for any other line. The file's name
 * is `NAME_VERSION_ARCHITECTURE.deb` with the version's colon as `%3a`.
 */
export const parseUriLine = (
  line: string,
  mirrors: Mirrors,
): Omit<LockedPackage, "sets"> | undefined => {
  const match = /^'([^']+)' ([^ _]+)_([^ _]+)_([a-z0-9]+)\.deb (\d+) SHA256:([0-9a-f]{64})$/.exec(
    line,
  );
  if (match === null) return undefined;
  const [, uri = "", name = "", version = "", architecture = "", size = "", sha256 = ""] = match;
  const origin = originOf(decodeURIComponent(uri), mirrors);
  if (origin === undefined) return undefined;
  return {
    name,
    version: decodeURIComponent(version),
    architecture,
    size: Number(size),
    sha256,
    ...origin,
  };
};

const originOf = (
  uri: string,
  mirrors: Mirrors,
): { filename: string; archive: ArchiveName } | undefined => {
  // The security archive first: its address may begin with the other's.
  if (mirrors.security !== undefined && uri.startsWith(`${mirrors.security}/`)) {
    return { filename: uri.slice(mirrors.security.length + 1), archive: "security" };
  }
  if (uri.startsWith(`${mirrors.archive}/`)) {
    return { filename: uri.slice(mirrors.archive.length + 1), archive: "archive" };
  }
  return undefined;
};

/** Names that apt does not know, from its standard error. */
export const unknownPackages = (stderr: string): readonly string[] => [
  ...new Set(
    [
      ...stderr.matchAll(
        /^E: (?:Unable to locate package|Package '?)\s*([a-z0-9][a-z0-9+.-]*)'?(?: has no installation candidate)?$/gm,
      ),
    ].map((match) => match[1] ?? ""),
  ),
];

/** Why apt could not fetch a file. */
export interface DownloadFailure {
  /** `gone`: the mirror says that it has none; `other-bytes`: what it has is not what was asked for. */
  readonly kind: "gone" | "other-bytes" | "other";
  /** apt's own words. */
  readonly said: string;
}

/**
 * What apt's standard error says of files it could not fetch, by the last part of their address: a mirror may have sent
 * us on to another address.
 */
export const downloadFailures = (stderr: string): ReadonlyMap<string, DownloadFailure> =>
  new Map(
    [...stderr.matchAll(/^E: Failed to fetch (\S+) +(.*)$/gm)].map(([, uri = "", said = ""]) => [
      lastPart(uri),
      { kind: failureKind(said), said },
    ]),
  );

const failureKind = (said: string): DownloadFailure["kind"] => {
  if (/^(404|410)\b/.test(said)) return "gone";
  return /^(Hash Sum mismatch|File has unexpected size)/.test(said) ? "other-bytes" : "other";
};

/** The name of the file that an address leads to, without its escapes. */
export const lastPart = (uri: string): string => {
  const part = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** The latest `Date:` of the given InRelease texts, in seconds since 1970; 0 without any. */
export const releaseDate = (releases: readonly string[]): number =>
  Math.max(
    0,
    ...releases.map((text) => {
      const date = Date.parse(/^Date: (.+)$/m.exec(text)?.[1] ?? "");
      return Number.isNaN(date) ? 0 : Math.floor(date / 1000);
    }),
  );

/** The concrete package behind a kernel metapackage: the first `linux-image-…` in a `Depends:` field. */
export const kernelBehind = (control: string): string | undefined => {
  const depends = /^Depends: (.+)$/m.exec(control)?.[1] ?? "";
  return /(?:^|, )(linux-image-[a-z0-9+.-]+)/.exec(depends)?.[1];
};
