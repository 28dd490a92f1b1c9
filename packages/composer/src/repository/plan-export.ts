/** Which files of a repository a node needs for one release. Pure. */
import { blobPath, type Channel, compareVersions, imageRole, ONLINE } from "@slipway/release";
import { ComposerError } from "../errors.ts";
import { blobsOfManifest, type PublishedRelease, type Repository } from "./contents.ts";

export interface ExportChoice {
  readonly image: string;
  readonly architecture: string;
  /** Which release: this one, the newest that a channel offers, or the newest of all. */
  readonly by:
    | { readonly kind: "version"; readonly version: string }
    | { readonly kind: "channel"; readonly channel: string }
    | { readonly kind: "newest" };
  /** Deltas too: smaller for nodes that have a predecessor, useless for others. */
  readonly deltas: boolean;
}

export interface ExportPlan {
  readonly release: PublishedRelease;
  /** Paths below the repository's root, in the order of the archive: what leads to others first. */
  readonly files: readonly string[];
}

/**
 * The release that is meant, and its files.
 * @throws ComposerError `NOT_PUBLISHED` when there is none.
 */
export const planExport = (repository: Repository, choice: ExportChoice): ExportPlan => {
  const candidates = repository.releases.filter(
    ({ manifest }) =>
      manifest.image === choice.image && manifest.architecture === choice.architecture,
  );
  const release = choose(candidates, repository, choice);
  const channels = repository.channels.filter(
    ({ channel }) =>
      channel.image === choice.image &&
      channel.rollouts.some(({ version }) => version === release.manifest.version),
  );
  const transports = release.manifest.transports.filter(
    ({ from }) => choice.deltas || from === undefined,
  );
  const blobs = blobsOfManifest({ ...release.manifest, transports }).map(({ sha256 }) =>
    blobPath(sha256),
  );
  return {
    release,
    files: [
      ...new Set([
        ...metadataFor(repository, choice.image),
        release.file,
        ...channels.map(({ file }) => file),
        ...blobs,
      ]),
    ],
  };
};

/** Roots, timestamp, snapshot and targets, and of the roles below only those that a node of this image asks for. */
const metadataFor = ({ metadata }: Repository, image: string): readonly string[] => {
  const foreign = new Set(
    [...metadata.delegated]
      .filter(([role]) => role !== ONLINE && role !== imageRole(image))
      .map(([, { file }]) => file),
  );
  return [...metadata.files].filter((file) => !foreign.has(file));
};

const choose = (
  candidates: readonly PublishedRelease[],
  { channels }: Repository,
  { image, architecture, by }: ExportChoice,
): PublishedRelease => {
  const refuse = (what: string): never => {
    const versions = candidates.map(({ manifest }) => manifest.version);
    throw new ComposerError("NOT_PUBLISHED", `${what} for ${architecture}`, {
      hint:
        versions.length === 0
          ? `\`slipway publish\` it; there is no release of ${image} for ${architecture}`
          : `there are ${versions.toSorted(compareVersions).join(", ")}`,
    });
  };
  switch (by.kind) {
    case "version":
      return (
        candidates.find(({ manifest }) => manifest.version === by.version) ??
        refuse(`${image} ${by.version} is not published`)
      );
    case "channel": {
      const channel = channels.find(
        (other) => other.channel.image === image && other.channel.name === by.channel,
      );
      if (channel === undefined) return refuse(`${image} has no channel ${by.channel}`);
      const offered = offeredVersions(channel.channel);
      return (
        newestOf(candidates.filter(({ manifest }) => offered.has(manifest.version))) ??
        refuse(`channel ${by.channel} of ${image} has no release`)
      );
    }
    case "newest":
      return newestOf(candidates) ?? refuse(`${image} has no release`);
  }
};

/** What nodes may end on: not withdrawn, no dead end. */
const offeredVersions = ({ rollouts }: Channel): ReadonlySet<string> =>
  new Set(
    rollouts
      .filter(({ hold, landmark }) => hold?.kind !== "withdrawn" && landmark?.kind !== "dead-end")
      .map(({ version }) => version),
  );

const newestOf = (releases: readonly PublishedRelease[]): PublishedRelease | undefined =>
  releases.toSorted((a, b) => compareVersions(b.manifest.version, a.manifest.version))[0];
