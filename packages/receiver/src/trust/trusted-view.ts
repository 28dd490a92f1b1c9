/** What a node may believe of a repository: one state of it, every part verified. */
import { createHash } from "node:crypto";
import {
  type Architecture,
  type Channel,
  channelTarget,
  checkAgainstSummary,
  type Decoded,
  imageRole,
  MAX_CHANNEL_BYTES,
  MAX_MANIFEST_BYTES,
  ONLINE,
  parseChannelFile,
  parseManifestFile,
  type ReleaseManifest,
  type ReleaseSummary,
  roleFile,
  targetFile,
} from "@slipway/release";
import type { Metadata, Targets } from "@tufjs/models";
import { ReceiverError } from "../errors.ts";
import type { RepositorySource } from "../fetch/source.ts";
import type { Verified } from "./client-workflow.ts";
import { fetchWhole } from "./fetch-whole.ts";
import { FILE_LIMIT_MS } from "./limits.ts";
import {
  type ListedFile,
  type ListedRelease,
  readChannels,
  readReleases,
} from "./listed-target.ts";
import { type Place, refusal } from "./refusal.ts";
import { loadRole } from "./role-file.ts";
import { roleKeys } from "./trusted-set.ts";
import { firstOf } from "./try-sources.ts";
import { type FetchOptions, fetcherOf, type Now } from "./workflow.ts";

/**
 * One state of a repository. What it tells was within its time when the refresh was made: take a new view for each check. Channels say what is
 * chosen, releases what there is to choose from; both go into `buildGraph`, and the node's security epoch floor into `offers`.
 */
export interface TrustedView {
  /** Which state it is: it rises with each refresh of the repository. */
  readonly timestampVersion: number;
  /**
   * A channel, as the online role signed it.
   * @throws ReceiverError NOT_FOUND where there is no such channel; why it was refused
   */
  readonly channel: (image: string, name: string) => Promise<Channel>;
  /**
   * All releases of an image for an architecture, as the image's own role signed them.
   * @throws ReceiverError NOT_FOUND where nobody may sign for such an image; why the list was refused
   */
  readonly releases: (
    image: string,
    architecture: Architecture,
  ) => Promise<readonly ReleaseSummary[]>;
  /**
   * The manifest of one of these releases.
   * @throws ReceiverError NOT_FOUND, TAMPERED, MIXED_UP (it contradicts its summary)
   */
  readonly manifest: (summary: ReleaseSummary) => Promise<ReleaseManifest>;
}

export interface ViewOptions extends FetchOptions {
  readonly verified: Verified;
  readonly now: Now;
  /** The one that the state came from first. */
  readonly sources: readonly RepositorySource[];
  readonly log: (line: string) => void;
  /** Called with a list once it is verified, so that it need not be fetched again. */
  readonly keepRole: (role: string, bytes: Uint8Array) => Promise<void>;
  /** A channel's file as it was kept, which may be out of date. */
  readonly keptChannel: (path: string) => Uint8Array | undefined;
  /** Called with a channel's file that was not kept, once it is verified. */
  readonly keepChannel: (path: string, bytes: Uint8Array) => Promise<void>;
}

interface Listing {
  readonly list: Metadata<Targets>;
  readonly place: Place;
}

const notFound = (what: string, hint: string): ReceiverError =>
  new ReceiverError("NOT_FOUND", what, { hint });

const check = (bytes: Uint8Array, { length, sha256 }: ListedFile): string | undefined => {
  if (bytes.length !== length) return `has ${bytes.length} bytes where ${length} were signed`;
  const found = createHash("sha256").update(bytes).digest("hex");
  return found === sha256 ? undefined : `has the digest ${found} where ${sha256} was signed`;
};

export const trustedView = (options: ViewOptions): TrustedView => {
  const { verified, sources, log, clock, signal, now } = options;
  const { keepRole, keptChannel, keepChannel } = options;
  const { set } = verified;
  const loaded = new Map<string, Promise<Listing>>();

  const loadFrom = async (source: RepositorySource, role: string): Promise<Listing> => {
    const workflow = {
      set,
      known: verified.roles,
      now,
      fetch: fetcherOf(source, options),
      placeOf: (file: string) => ({ file, source: source.name }),
    };
    const bytes = await loadRole(workflow, role, "targets");
    if (bytes !== verified.roles.get(role)) await keepRole(role, bytes);
    const list = set.getRole(role);
    if (list === undefined) throw new Error(`${role} was loaded and is not there`);
    return { list, place: workflow.placeOf(roleFile(role, list.signed.version)) };
  };

  /** The list of a role that the top list delegates to, once in the life of a view; a failure does not count. */
  const listing = async (role: string): Promise<Listing | undefined> => {
    const { targets } = set;
    if (targets === undefined || roleKeys(targets, role) === undefined) return undefined;
    const found = loaded.get(role) ?? firstOf(sources, log, (source) => loadFrom(source, role));
    loaded.set(role, found);
    try {
      return await found;
    } catch (error) {
      loaded.delete(role);
      throw error;
    }
  };

  /** A file's contents, as signed metadata describes them. */
  const fetchListed = <T>(
    file: ListedFile,
    decode: (bytes: Uint8Array) => Decoded<T>,
  ): Promise<{ readonly bytes: Uint8Array; readonly value: T }> =>
    firstOf(sources, log, async (source) => {
      const path = targetFile(file.path, file.sha256);
      const place = { file: path, source: source.name };
      const request = { path, mostBytes: file.length, limitMs: FILE_LIMIT_MS };
      const bytes = await fetchWhole(
        source,
        signal === undefined ? request : { ...request, signal },
        clock,
      );
      const wrong = check(bytes, file);
      if (wrong !== undefined) throw refusal("TAMPERED", place, wrong);
      const decoded = decode(bytes);
      if (decoded.ok) return { bytes, value: decoded.value };
      const [finding] = decoded.findings;
      throw refusal(
        finding?.rule === "contradiction" ? "MIXED_UP" : "BAD_METADATA",
        place,
        `is signed and unusable: ${finding?.message ?? "nobody says why"}`,
        finding?.hint === undefined ? {} : { hint: finding.hint },
      );
    });

  const listedReleases = async (image: string): Promise<readonly ListedRelease[]> => {
    const found = await listing(imageRole(image));
    if (found === undefined)
      throw notFound(
        `the repository names no keys for the image ${image}`,
        "check the image's name, and that this is the repository it is published in",
      );
    return readReleases(found.list, image, { place: found.place, log });
  };

  const bounded = (file: ListedFile, most: number): ListedFile => {
    if (file.length <= most) return file;
    throw refusal(
      "TOO_LARGE",
      { file: file.path, source: "the signed list" },
      `has ${file.length} bytes, more than ${most}`,
    );
  };

  /** From what was kept where that is what is listed now: a channel grows with every release, and a node looks often. */
  const channelAt = async (file: ListedFile): Promise<Channel> => {
    const kept = keptChannel(file.path);
    const known =
      kept !== undefined && check(kept, file) === undefined ? parseChannelFile(kept) : undefined;
    if (known?.ok === true) return known.value;
    const { bytes, value } = await fetchListed(file, parseChannelFile);
    await keepChannel(file.path, bytes);
    return value;
  };

  return {
    timestampVersion: set.timestamp?.signed.version ?? 0,
    channel: async (image, name) => {
      const found = await listing(ONLINE);
      const path = channelTarget({ image, name });
      const file = found && readChannels(found.list, found.place).find((one) => one.path === path);
      if (file === undefined)
        throw notFound(
          `there is no channel ${name} of the image ${image}`,
          "check both names in the agent's configuration, or publish to that channel",
        );
      const channel = await channelAt(bounded(file, MAX_CHANNEL_BYTES));
      if (channel.image !== image || channel.name !== name)
        throw refusal(
          "MIXED_UP",
          { file: path, source: "the signed list" },
          `is the channel ${channel.name} of ${channel.image}`,
        );
      return channel;
    },
    releases: async (image, architecture) =>
      (await listedReleases(image))
        .filter(({ summary }) => summary.architecture === architecture)
        .map(({ summary }) => summary),
    manifest: async (summary) => {
      const { image, version, architecture, roothash } = summary;
      const release = (await listedReleases(image)).find(
        (one) =>
          one.summary.version === version &&
          one.summary.architecture === architecture &&
          one.summary.roothash === roothash,
      );
      if (release === undefined)
        throw notFound(
          `${image} ${version} for ${architecture} with the root hash ${roothash} is not listed`,
          "look for releases again: the list has changed",
        );
      const { value } = await fetchListed(bounded(release, MAX_MANIFEST_BYTES), (bytes) => {
        const manifest = parseManifestFile(bytes);
        return manifest.ok ? checkAgainstSummary(manifest.value, release.summary) : manifest;
      });
      return value;
    },
  };
};
