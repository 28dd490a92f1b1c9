import type { Architecture } from "@slipway/ignition-config";
import type { ArtifactName } from "../build/manifest.ts";
import type { AccountDiff } from "./accounts.ts";
import type { FileChange } from "./file-change.ts";
import type { InitrdDiff } from "./initrd.ts";
import type { ArgumentDiff } from "./kernel-arguments.ts";
import type { Change } from "./order.ts";
import type { PackageDiff } from "./packages.ts";
import type { PresetChange } from "./presets.ts";
import type { UnitChange } from "./units.ts";
import type { DiffWarning } from "./warnings.ts";

/** What a release says of itself. */
export interface ReleaseFacts {
  /** As it was given. */
  readonly directory: string;
  readonly image: string;
  readonly version: string;
  readonly architecture: Architecture;
  /** Seconds since 1970. */
  readonly epoch: number;
  readonly kernelRelease: string;
  readonly roothash: string;
  readonly salt: string;
  readonly slotSizeMib: number;
  readonly bootEntry: string;
}

/** How full a slot is. Sizes in bytes, `headroom` as a share of the slot, negative when the root does not fit. */
export interface SlotFacts {
  readonly size: number;
  readonly used: number;
  readonly headroom: number;
}

/** A profile of a UKI beside the one that is booted by default, such as one for recovery. */
export interface ProfileChange {
  readonly profile: string;
  readonly change: "added" | "removed" | "changed";
  /** Of its own command line. */
  readonly kernelArguments: ArgumentDiff;
}

/** All in which two releases differ. Every list has an order of its own and is the same in every run. */
export interface ReleaseDiff {
  /** Nothing differs: no digest in the manifests, no file of the roots, no byte of the UKIs. */
  readonly isIdentical: boolean;
  readonly before: ReleaseFacts;
  readonly after: ReleaseFacts;
  /** What is worth a second look before the later release goes out. */
  readonly warnings: readonly DiffWarning[];
  /** Artifacts whose bytes differ, by their digests in the manifests. */
  readonly artifacts: readonly ArtifactName[];
  /** In bytes, of all artifacts and of the kernel in the UKI. */
  readonly sizes: Readonly<Record<ArtifactName | "kernel" | "initrd", Change<number>>>;
  readonly slot: Change<SlotFacts>;
  /** The UKI has other bytes: its kernel, initrd, command line, stub or signature. */
  readonly isUkiChanged: boolean;
  /** The kernel in the UKI has other bytes. */
  readonly isKernelChanged: boolean;
  readonly kernelArguments: ArgumentDiff;
  readonly profiles: readonly ProfileChange[];
  readonly initrd: InitrdDiff;
  readonly packages: PackageDiff;
  readonly units: readonly UnitChange[];
  readonly presets: readonly PresetChange[];
  readonly accounts: AccountDiff;
  /** Ordered by path. */
  readonly files: readonly FileChange[];
}
