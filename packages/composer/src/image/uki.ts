/** The unified kernel image: kernel, initrd and command line as one EFI program (UAPI.5). Pure. */
import type { Command } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { ARCHITECTURE } from "../architecture.ts";

export interface UkiRequest {
  readonly architecture: Architecture;
  readonly kernel: string;
  readonly initrd: string;
  readonly kernelRelease: string;
  readonly kernelArguments: readonly string[];
  /** The root's os-release file. */
  readonly osRelease: string;
  /** systemd's EFI stub of the target's architecture. */
  readonly stub: string;
  /** Seconds since 1970. */
  readonly epoch: number;
}

/** ukify(1). */
export const ukiCommand = (request: UkiRequest, output: string): Command => ({
  argv: [
    "ukify",
    "build",
    `--linux=${request.kernel}`,
    `--initrd=${request.initrd}`,
    `--cmdline=${request.kernelArguments.join(" ")}`,
    `--os-release=@${request.osRelease}`,
    `--uname=${request.kernelRelease}`,
    `--efi-arch=${ARCHITECTURE[request.architecture].efi}`,
    `--stub=${request.stub}`,
    `--output=${output}`,
  ],
  purpose: "building the unified kernel image",
  env: { SOURCE_DATE_EPOCH: String(request.epoch), PYTHONDONTWRITEBYTECODE: "1" },
});

/** Tries that a new entry has before it counts as bad (systemd's automatic boot assessment). */
const TRIES = 3;

/**
 * The name of a UKI on the ESP: `NAME_VERSION_DIGEST+3.efi`. The digest, eight digits of the root hash, keeps two
 * builds of one version apart.
 */
export const bootEntryName = (image: string, version: string, roothash: string): string =>
  `${image}_${version}_${roothash.slice(0, 8)}+${TRIES}.efi`;
