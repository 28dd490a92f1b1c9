/** From what a build says of its release to what is published of it. */
import type { Architecture } from "../architecture.ts";
import {
  type AgentNeeds,
  type FileFacts,
  MIB,
  type ReleaseManifest,
  type Transport,
} from "./manifest.ts";

/** What a build leaves in its `manifest.json`, as far as nodes need it. */
export interface BuiltRelease {
  readonly image: string;
  readonly version: string;
  readonly architecture: Architecture;
  /** SOURCE_DATE_EPOCH: seconds since 1970. */
  readonly epoch: number;
  readonly roothash: string;
  readonly salt: string;
  readonly rootUuid: string;
  readonly verityUuid: string;
  readonly kernelRelease: string;
  readonly bootEntry: string;
  readonly artifacts: Readonly<
    Record<"root.erofs" | "root.verity" | "uki.efi" | "packages.json" | "sbom.spdx.json", FileFacts>
  >;
}

/** What publishing decides. */
export interface PublishedFacts {
  readonly securityEpoch: number;
  readonly agent: AgentNeeds;
  readonly transports: readonly Transport[];
  readonly contents?: FileFacts;
}

const facts = ({ size, sha256 }: FileFacts): FileFacts => ({ size, sha256 });

/** The manifest to publish. The install disk and what identifies the build's inputs stay behind: no node asks for them. */
export const publishManifest = (
  built: BuiltRelease,
  { securityEpoch, agent, transports, contents }: PublishedFacts,
): ReleaseManifest => ({
  image: built.image,
  version: built.version,
  architecture: built.architecture,
  created: built.epoch,
  securityEpoch,
  roothash: built.roothash,
  salt: built.salt,
  rootUuid: built.rootUuid,
  verityUuid: built.verityUuid,
  kernelRelease: built.kernelRelease,
  bootEntry: built.bootEntry,
  root: facts(built.artifacts["root.erofs"]),
  verity: facts(built.artifacts["root.verity"]),
  uki: facts(built.artifacts["uki.efi"]),
  packages: facts(built.artifacts["packages.json"]),
  sbom: facts(built.artifacts["sbom.spdx.json"]),
  ...(contents === undefined ? {} : { contents: facts(contents) }),
  // A slot in use may be larger or smaller than the one of the definition; what counts is that the image fits.
  minimalSlotMib: Math.max(1, Math.ceil(built.artifacts["root.erofs"].size / MIB)),
  agent,
  transports,
});
