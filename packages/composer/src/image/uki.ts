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
  /** Those of the recovery profile, which has all else in common. */
  readonly recoveryArguments: readonly string[];
  /** Text of the recovery profile's os-release. */
  readonly recoveryOsRelease: string;
  /** The root's os-release file. */
  readonly osRelease: string;
  /** systemd's EFI stub of the target's architecture. */
  readonly stub: string;
  /** The stub of programs that hold nothing but sections. */
  readonly addonStub: string;
  /** Seconds since 1970. */
  readonly epoch: number;
}

const efiArchitecture = ({ architecture }: UkiRequest): string =>
  `--efi-arch=${ARCHITECTURE[architecture].efi}`;

const environment = ({ epoch }: UkiRequest): Readonly<Record<string, string>> => ({
  SOURCE_DATE_EPOCH: String(epoch),
  PYTHONDONTWRITEBYTECODE: "1",
});

/**
 * os-release(5) of the recovery profile. systemd-boot sorts by IMAGE_ID first, and boots the first; without a name of its
 * own, one that sorts after every release of the image, it would take the recovery profile of a counted entry for the
 * release itself (systemd 257 drops the profile from the id of a counted entry).
 */
export const recoveryOsRelease = (image: string, version: string): string =>
  [
    "ID=slipway",
    `IMAGE_ID=${image}~recovery`,
    `IMAGE_VERSION=${version}`,
    `VERSION_ID=${version}`,
    `PRETTY_NAME="Recovery of ${image} ${version}: a temporary /var, the disk read-only"`,
    "",
  ].join("\n");

/** ukify(1): the sections that only the recovery profile has, as a file for `ukiCommand` to join. */
export const recoveryCommand = (request: UkiRequest, output: string): Command => ({
  argv: [
    "ukify",
    "build",
    "--profile=ID=recovery\n",
    `--os-release=${request.recoveryOsRelease}`,
    `--cmdline=${request.recoveryArguments.join(" ")}`,
    efiArchitecture(request),
    `--stub=${request.addonStub}`,
    `--output=${output}`,
  ],
  purpose: "building the recovery profile",
  env: environment(request),
});

/** ukify(1). The loader shows each profile as an entry of its own and boots the first unless it is told otherwise. */
export const ukiCommand = (request: UkiRequest, recovery: string, output: string): Command => ({
  argv: [
    "ukify",
    "build",
    `--linux=${request.kernel}`,
    `--initrd=${request.initrd}`,
    `--cmdline=${request.kernelArguments.join(" ")}`,
    `--os-release=@${request.osRelease}`,
    `--uname=${request.kernelRelease}`,
    "--profile=ID=main\n",
    `--join-profile=${recovery}`,
    efiArchitecture(request),
    `--stub=${request.stub}`,
    `--output=${output}`,
  ],
  purpose: "building the unified kernel image",
  env: environment(request),
});

/** Tries that a new entry has before it counts as bad (systemd's automatic boot assessment). */
const TRIES = 3;

/**
 * The name of a UKI on the ESP: `NAME_VERSION_DIGEST+3.efi`. The digest, eight digits of the root hash, keeps two
 * builds of one version apart.
 */
export const bootEntryName = (image: string, version: string, roothash: string): string =>
  `${image}_${version}_${roothash.slice(0, 8)}+${TRIES}.efi`;
