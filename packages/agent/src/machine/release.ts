/** A release as a node knows it. */
export interface ReleaseRef {
  readonly version: string;
  /** The dm-verity root hash, 64 lower-case hexadecimal digits: what makes it this release and no other. */
  readonly roothash: string;
}

/** A release that the repository offers. */
export interface OfferedRelease extends ReleaseRef {
  readonly securityEpoch: number;
}

export const isSame = (a: ReleaseRef | undefined, b: ReleaseRef | undefined): boolean =>
  a !== undefined && b !== undefined && a.roothash === b.roothash;
