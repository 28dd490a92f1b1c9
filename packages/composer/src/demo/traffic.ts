/** What nodes have asked of the repository, counted at the server. */
import { DELTA_FORMAT, INDEX_FORMAT, type ReleaseManifest, repositoryFile } from "@slipway/release";
import type { Answered } from "../repository/serve.ts";

/** What is signed, channels and manifests with it, and lists of what is in a release; then what a manifest names: deltas, indexes, and the images in full, or pieces of them. */
export type TrafficKind = "metadata" | "delta" | "index" | "full";

export interface Traffic {
  /** How often the newest word was asked for. */
  readonly polls: number;
  readonly requests: number;
  /** Bytes that were sent, headers included. */
  readonly bytes: Readonly<Record<TrafficKind, number>>;
}

export const NO_TRAFFIC: Traffic = {
  polls: 0,
  requests: 0,
  bytes: { metadata: 0, delta: 0, index: 0, full: 0 },
};

export const totalBytes = ({ bytes }: Traffic): number =>
  Object.values(bytes).reduce((sum, one) => sum + one, 0);

/** What `after` has beyond `before`. */
export const trafficSince = (before: Traffic, after: Traffic): Traffic => ({
  polls: after.polls - before.polls,
  requests: after.requests - before.requests,
  bytes: {
    metadata: after.bytes.metadata - before.bytes.metadata,
    delta: after.bytes.delta - before.bytes.delta,
    index: after.bytes.index - before.bytes.index,
    full: after.bytes.full - before.bytes.full,
  },
});

export interface TrafficCounter {
  readonly count: (answer: Answered) => void;
  readonly now: () => Traffic;
  /** What the blobs of a release are. Those that nobody has told of count as `full`. */
  readonly learn: (release: Pick<ReleaseManifest, "transports" | "contents">) => void;
}

const KIND_OF_FORMAT: ReadonlyMap<string, TrafficKind> = new Map([
  [DELTA_FORMAT, "delta"],
  [INDEX_FORMAT, "index"],
]);

export const countTraffic = (): TrafficCounter => {
  const kinds = new Map<string, TrafficKind>();
  let traffic = NO_TRAFFIC;
  return {
    count: ({ path, bytes }) => {
      const file = repositoryFile(path.slice(1));
      const kind = file?.kind === "blob" ? (kinds.get(file.sha256) ?? "full") : "metadata";
      traffic = {
        polls: traffic.polls + (file?.kind === "timestamp" ? 1 : 0),
        requests: traffic.requests + 1,
        bytes: { ...traffic.bytes, [kind]: traffic.bytes[kind] + bytes },
      };
    },
    now: () => traffic,
    learn: ({ transports, contents }) => {
      if (contents !== undefined) kinds.set(contents.sha256, "metadata");
      for (const { format, file } of transports)
        kinds.set(file.sha256, KIND_OF_FORMAT.get(format) ?? "full");
    },
  };
};
