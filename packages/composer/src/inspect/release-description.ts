import type { ArtifactName, Manifest } from "../build/manifest.ts";
import type { ErofsSuperblock } from "./erofs.ts";
import type { PartitionTable } from "./gpt.ts";
import type { Uki, VerityTree } from "@slipway/release";

/** A unit that a release starts by itself, and what pulls it in. */
export interface EnabledUnit {
  readonly unit: string;
  /** Such as `multi-user.target`. */
  readonly by: string;
}

/** All that can be told of a release from its files without running it. Sizes are in bytes. */
export interface ReleaseDescription {
  readonly directory: string;
  readonly manifest: Manifest;
  /** Of the files as they are, whatever the manifest says. */
  readonly sizes: Readonly<Record<ArtifactName, number>>;
  readonly slot: {
    readonly size: number;
    readonly used: number;
    /** What is left, as a share of the slot; negative when the root does not fit. */
    readonly headroom: number;
  };
  readonly disk: PartitionTable;
  readonly uki: Uki;
  readonly root: ErofsSuperblock;
  readonly verity: VerityTree;
  readonly packages: {
    readonly count: number;
    /** The ten that claim to be the largest when installed, the largest first. */
    readonly largest: readonly {
      readonly name: string;
      readonly version: string;
      readonly installedSizeKib: number;
    }[];
  };
  /** Ordered by name, then by what pulls them in. */
  readonly enabledUnits: readonly EnabledUnit[];
  /** Where the files do not agree with the manifest or with each other: empty for a release nobody touched. */
  readonly problems: readonly string[];
}
