/** What a repository offers: the releases that image roles list and the channels that the online role lists, each read and held against its listing. */
import { createHash } from "node:crypto";
import type { TargetFile } from "@tufjs/models";
import {
  type Channel,
  channelTarget,
  checkAgainstSummary,
  type Decoded,
  decodeSummary,
  type FileFacts,
  imageRole,
  MAX_CHANNEL_BYTES,
  MAX_MANIFEST_BYTES,
  ONLINE,
  parseChannelFile,
  parseManifestFile,
  type ReleaseManifest,
  type ReleaseSummary,
  releaseTarget,
  targetFile,
} from "@slipway/release";
import { ComposerError } from "../errors.ts";
import { refuseBroken, type Report } from "./problem.ts";
import { readSmallFile } from "./read-file.ts";
import { readMetadata, type SignedMetadata } from "./read-metadata.ts";

/** A file as a role lists it. */
export interface Listing {
  /** The TUF path. */
  readonly target: string;
  /** Where the file is, below the repository's root. */
  readonly file: string;
  readonly role: string;
}

export interface PublishedRelease extends Listing {
  readonly manifest: ReleaseManifest;
  readonly summary: ReleaseSummary;
}

export interface PublishedChannel extends Listing {
  readonly channel: Channel;
}

export interface Contents {
  readonly releases: readonly PublishedRelease[];
  readonly channels: readonly PublishedChannel[];
  /** All that is listed, whether or not it could be read. */
  readonly files: ReadonlySet<string>;
}

/** A repository whose files are all as they were signed. */
export interface Repository extends Contents {
  readonly metadata: SignedMetadata;
}

/**
 * Reads what is published, for those who go on from it. Metadata may have expired: publishing signs it again.
 * @throws ComposerError `REPOSITORY_INVALID` when there is no repository, or a file of it is not what was signed.
 */
export const openRepository = async (repo: string, now: Date): Promise<Repository> => {
  const { metadata } = await readMetadata(repo, now, refuseBroken);
  if (metadata === undefined) {
    throw new ComposerError("NOT_A_REPOSITORY", `${repo} has no metadata`, {
      hint: "make its keys and first metadata with `slipway keys init`",
    });
  }
  return { metadata, ...(await readContents(repo, metadata, refuseBroken)) };
};

/** The files that a repository's manifests name, by digest: what is below `blobs/`. */
export const blobsOf = (releases: readonly PublishedRelease[]): ReadonlyMap<string, number> =>
  new Map(
    releases.flatMap(({ manifest }) =>
      blobsOfManifest(manifest).map(({ sha256, size }): readonly [string, number] => [
        sha256,
        size,
      ]),
    ),
  );

export const blobsOfManifest = ({
  packages,
  sbom,
  contents,
  transports,
}: ReleaseManifest): readonly FileFacts[] => [
  packages,
  sbom,
  ...(contents === undefined ? [] : [contents]),
  ...transports.map(({ file }) => file),
];

/** Reads every listed file. What is wrong goes to `report`, which may throw; such files are left out. */
export const readContents = async (
  repo: string,
  metadata: SignedMetadata,
  report: Report,
): Promise<Contents> => {
  const releases: PublishedRelease[] = [];
  const channels: PublishedChannel[] = [];
  const files = new Set<string>();
  for (const [role, { file: listedBy, metadata: listing }] of metadata.delegated) {
    for (const [target, facts] of Object.entries(listing.signed.targets)) {
      const sha256 = facts.hashes["sha256"];
      if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) {
        report({
          file: listedBy,
          kind: "broken",
          message: `lists ${target} without a SHA-256`,
        });
        continue;
      }
      const entry = { target, file: targetFile(target, sha256), role };
      files.add(entry.file);
      const found = await readTarget(repo, { ...entry, facts, sha256 }, listedBy, report);
      if (found?.kind === "release") releases.push({ ...entry, ...found.release });
      if (found?.kind === "channel") channels.push({ ...entry, channel: found.channel });
    }
  }
  return { releases, channels, files };
};

type Target =
  | { readonly kind: "release"; readonly release: Pick<PublishedRelease, "manifest" | "summary"> }
  | { readonly kind: "channel"; readonly channel: Channel };

interface Expected extends Listing {
  readonly facts: TargetFile;
  readonly sha256: string;
}

const readTarget = async (
  repo: string,
  expected: Expected,
  listedBy: string,
  report: Report,
): Promise<Target | undefined> => {
  const broken = (file: string, message: string): undefined => {
    report({ file, kind: "broken", message });
  };
  const { target, file, role } = expected;
  const isRelease = role !== ONLINE;
  const read = await readSmallFile(repo, file, isRelease ? MAX_MANIFEST_BYTES : MAX_CHANNEL_BYTES);
  if (read.kind === "absent") return broken(file, "is not there");
  if (read.kind === "too-large")
    return broken(file, `has ${read.size} bytes, more than clients read`);
  const { bytes } = read;
  if (bytes.length !== expected.facts.length)
    return broken(file, `has ${bytes.length} bytes, and ${expected.facts.length} are signed`);
  if (createHash("sha256").update(bytes).digest("hex") !== expected.sha256)
    return broken(file, "is not the file that is signed: its SHA-256 is another");
  const decoded = isRelease ? decodeRelease(bytes, expected) : decodeChannelAt(bytes, expected);
  if (decoded.ok) return decoded.value;
  const [first] = decoded.findings;
  return broken(decoded.ofListing === true ? listedBy : file, `${target}: ${first?.message ?? ""}`);
};

type Read<T> = Decoded<T> & { readonly ofListing?: boolean };

const misplaced = (place: string): Read<never> => ({
  ok: false,
  findings: [
    { level: "error", rule: "contradiction", message: `it says that it is ${place}`, path: [] },
  ],
});

const decodeRelease = (bytes: Uint8Array, { facts, target, role }: Expected): Read<Target> => {
  const summary = decodeSummary(facts.custom["slipway"]);
  if (!summary.ok) return { ...summary, ofListing: true };
  const parsed = parseManifestFile(bytes);
  if (!parsed.ok) return parsed;
  const manifest = checkAgainstSummary(parsed.value, summary.value);
  if (!manifest.ok) return manifest;
  const place = releaseTarget(manifest.value);
  if (place !== target || imageRole(manifest.value.image) !== role) return misplaced(place);
  const release = { manifest: manifest.value, summary: summary.value };
  return { ok: true, value: { kind: "release", release } };
};

const decodeChannelAt = (bytes: Uint8Array, { target }: Expected): Read<Target> => {
  const parsed = parseChannelFile(bytes);
  if (!parsed.ok) return parsed;
  const place = channelTarget(parsed.value);
  if (place !== target) return misplaced(place);
  return { ok: true, value: { kind: "channel", channel: parsed.value } };
};

/** The releases of one image that are signed, by architecture, each by version. */
export const signedByArchitecture = (
  releases: readonly Pick<PublishedRelease, "summary">[],
  image: string,
): ReadonlyMap<string, ReadonlyMap<string, ReleaseSummary>> => {
  const found = new Map<string, Map<string, ReleaseSummary>>();
  for (const { summary } of releases) {
    if (summary.image !== image) continue;
    const versions = found.get(summary.architecture) ?? new Map<string, ReleaseSummary>();
    found.set(summary.architecture, versions.set(summary.version, summary));
  }
  return found;
};
