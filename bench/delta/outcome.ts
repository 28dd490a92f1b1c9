/** What is measured of each way to bring a release to a node. Pure. */

export interface Spent {
  readonly wallSeconds: number;
  /** User and system time of all processes. */
  readonly cpuSeconds: number;
  /** Resident memory of the largest process at its peak. */
  readonly peakBytes: number;
}

export interface Outcome {
  /** What a node downloads. Of ours everything; of the others what makes its root image, and no UKI. */
  readonly bytes: number;
  /** What `bytes` is made of, by name. */
  readonly parts: Readonly<Record<string, number>>;
  readonly make?: Spent;
  readonly apply?: Spent;
  /** How what was made on the node compares with the release: by its root hash, or file by file where it is a tree. */
  readonly result: "equal" | "differs" | "not made";
  /** What was counted and not run, and anything else that a reader of the figure must know. */
  readonly note?: string;
}

export const PEERS = ["ostree", "casync", "zchunk", "rauc", "xdelta3", "zstd"] as const;
export type Peer = (typeof PEERS)[number];

export const WAYS = ["delta", "index", "full"] as const;
export type Way = (typeof WAYS)[number];

export type PairOutcomes = Readonly<Partial<Record<Peer, Outcome>>> & {
  readonly ours: Readonly<Partial<Record<Way, Outcome>>>;
};

/** A pair as it is reported. */
export interface PairReport {
  readonly id: string;
  readonly title: string;
  /** `NAME OLD -> NEW` of the binary packages that differ. */
  readonly changes: readonly string[];
  /** The archives do not differ enough: nothing was compared. */
  readonly isVoid: boolean;
  /** Of the root image after, in bytes. */
  readonly rootBytes: number;
  /** Of the UKI: bsdiff patches of its changed files, one by one. */
  readonly ukiPatches?: { readonly bytes: number; readonly files: number };
  readonly outcomes: PairOutcomes;
}

/** The costs of several commands, one after the other. */
export const together = (costs: readonly Spent[]): Spent => ({
  wallSeconds: costs.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0),
  cpuSeconds: costs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  peakBytes: Math.max(0, ...costs.map(({ peakBytes }) => peakBytes)),
});
