import { deltasFrom, type ReleaseManifest, type Transport } from "../manifest/manifest.ts";

export const FRAMES_FORMAT = "frames-1";
export const INDEX_FORMAT = "index-1";
export const DELTA_FORMAT = "delta-1";

/** A way to an artifact. */
export interface RankedWay {
  readonly kind: "delta" | "index" | "full";
  /** Delta, index or frames file. */
  readonly transport: Transport;
  /** From which an index's data comes. */
  readonly frames?: Transport;
  /** What is still to be fetched: exact for a delta, at most for frames, an estimate for an index that is not planned yet. */
  readonly bytes: number;
}

/** A transport that is of no use to this node, and why, in words that follow its name. */
export interface PassedOver {
  readonly transport: Transport;
  readonly reason: string;
}

/** What a node has, as far as it bears on the choice. */
export interface NodeHas {
  /** SHA-256 of the artifacts that it has, whole. */
  readonly artifacts: readonly string[];
  /** Whether it has an index of one of them. */
  readonly hasIndexes: boolean;
  /** What the plan by index comes to, once it is made. */
  readonly plannedIndexBytes?: number;
  /** How much of the frames file's bytes need not be fetched again, since what they make is done. Default: 0. */
  readonly doneBytes?: number;
  /** SHA-256 of the files that led nowhere. */
  readonly failed?: readonly string[];
}

/** What an update to another kernel and all its modules, the largest there is, comes to of the full image; most are far below. */
const INDEX_SHARE = 0.25;

/**
 * The ways to an artifact, the one with fewest bytes first: the next is taken where one fails. A full image is among them whenever the
 * release has one. Ways of equal bytes are in the order delta, index, full.
 */
export const rankWays = (
  manifest: ReleaseManifest,
  of: Transport["of"],
  node: NodeHas,
): { readonly ways: readonly RankedWay[]; readonly passedOver: readonly PassedOver[] } => {
  const transports = manifest.transports.filter((transport) => transport.of === of);
  const frames = transports.find(({ format }) => format === FRAMES_FORMAT);
  const usable = new Set(node.artifacts.flatMap((sha256) => deltasFrom(manifest, of, sha256)));
  const ways: RankedWay[] = [];
  const passedOver: PassedOver[] = [];
  for (const transport of transports) {
    const reason = reasonAgainst(transport, frames, usable, node);
    if (reason === undefined) ways.push(wayOf(transport, frames, node));
    else passedOver.push({ transport, reason });
  }
  return {
    ways: ways.toSorted((a, b) => a.bytes - b.bytes || ORDER[a.kind] - ORDER[b.kind]),
    passedOver,
  };
};

const ORDER: Readonly<Record<RankedWay["kind"], number>> = { delta: 0, index: 1, full: 2 };

const reasonAgainst = (
  transport: Transport,
  frames: Transport | undefined,
  usable: ReadonlySet<Transport>,
  { hasIndexes, failed = [] }: NodeHas,
): string | undefined => {
  const { format, from, file } = transport;
  if (failed.includes(file.sha256)) return "failed before";
  switch (format) {
    case FRAMES_FORMAT:
      return undefined;
    case INDEX_FORMAT:
      if (frames === undefined) return "has no frames to fetch from";
      if (failed.includes(frames.file.sha256)) return "needs frames that failed before";
      return hasIndexes ? undefined : "needs an index of what is in a slot, and there is none";
    case DELTA_FORMAT:
      if (usable.has(transport)) return undefined;
      return `leads away from ${from?.version ?? "no release"}, which is in no slot`;
    default:
      return `is of the format ${format}, which this agent does not know`;
  }
};

const wayOf = (transport: Transport, frames: Transport | undefined, node: NodeHas): RankedWay => {
  const { format, file } = transport;
  if (format === DELTA_FORMAT) return { kind: "delta", transport, bytes: file.size };
  if (format === INDEX_FORMAT && frames !== undefined) {
    const estimate = file.size + Math.ceil(frames.file.size * INDEX_SHARE);
    return { kind: "index", transport, frames, bytes: node.plannedIndexBytes ?? estimate };
  }
  return { kind: "full", transport, bytes: Math.max(0, file.size - (node.doneBytes ?? 0)) };
};
