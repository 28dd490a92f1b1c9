/** What the image role signs of a release: everything that a node must know of it before it fetches a byte. */
import type { Architecture } from "../architecture.ts";

/** A file by what is in it. */
export interface FileFacts {
  /** In bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The artifacts that a node makes from transports. */
export const CARRIED = ["root", "uki"] as const;

/** What a delta leads away from. */
export interface Predecessor {
  readonly version: string;
  /** Of the predecessor's artifact: what the node must have for the delta to be of use. */
  readonly sha256: string;
}

/**
 * A file of the repository from which an artifact is made: whole, by index, or as a delta. A node leaves out those whose format it does not
 * know, so that a new format needs no new schema.
 */
export interface Transport {
  readonly of: (typeof CARRIED)[number];
  /** Name and number of the format, such as `frames-1`. */
  readonly format: string;
  /** Only deltas have one. */
  readonly from?: Predecessor;
  /** What is fetched. */
  readonly file: FileFacts;
}

/** The agents that matter to a release. */
export interface AgentNeeds {
  /** The oldest agent that can stage this release; nodes with an older one go through another release first. */
  readonly minimal: string;
  /** The one inside the release, with which a node goes on from it. */
  readonly included?: string;
}

/** One release as it is published. */
export interface ReleaseManifest {
  readonly image: string;
  readonly version: string;
  readonly architecture: Architecture;
  /** The release's date, to which its files are set: seconds since 1970. */
  readonly created: number;
  /** Rises when going back would open a hole; a node's floor follows when it blesses the release. */
  readonly securityEpoch: number;
  /** The dm-verity root hash, which decides whether a root image is this release's: lower-case hex. */
  readonly roothash: string;
  /** Of the hash tree; one for each image name. */
  readonly salt: string;
  readonly rootUuid: string;
  readonly verityUuid: string;
  readonly kernelRelease: string;
  /** The name under which the UKI goes onto an ESP. */
  readonly bootEntry: string;
  readonly root: FileFacts;
  readonly verity: FileFacts;
  readonly uki: FileFacts;
  readonly packages: FileFacts;
  readonly sbom: FileFacts;
  /** What is in it, for who wants to know before it is taken; absent in releases of older publishers. */
  readonly contents?: FileFacts;
  /** The smallest slot that holds the root image. */
  readonly minimalSlotMib: number;
  readonly agent: AgentNeeds;
  readonly transports: readonly Transport[];
}

/** The deltas that make an artifact of this release from what the node has, by the digest of that. */
export const deltasFrom = (
  manifest: ReleaseManifest,
  of: Transport["of"],
  sha256: string,
): readonly Transport[] =>
  manifest.transports.filter(
    (transport) => transport.of === of && transport.from?.sha256 === sha256,
  );

export const MIB: number = 2 ** 20;
